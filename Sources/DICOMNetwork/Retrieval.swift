import DICOM

/// A C-GET or C-MOVE being done: instance after instance, with a pending response after each.
struct Retrieval {
    let exchange: Exchange
    private let conversion: Conversion
    private(set) var count: SubOperations
    private var isCancelled = false

    /// What can stop a retrieval short.
    private enum Halt: Error { case cancelled, ended }

    init(_ exchange: Exchange, instances: Int, converting conversion: Conversion) {
        (self.exchange, self.conversion) = (exchange, conversion)
        count = SubOperations(count: instances)
    }

    /// Sends on the association of the request; nil where it is gone.
    mutating func get(_ instances: [RetrievedInstance]) -> DIMSEAnswer? {
        perform { (retrieval) throws(Halt) in
            for instance in instances {
                if let halt = retrieval.proceed() { throw halt }
                guard let file = retrieval.file(instance) else { continue }
                let syntax = retrieval.exchange.transferSyntax(for: file)
                guard let sendable = retrieval.sendable(instance, file, in: syntax) else { continue }
                switch retrieval.exchange.store(sendable) {
                case .answered(let answer): retrieval.count.note(answer, of: instance.sopInstanceUID)
                case .unsent(let reason): retrieval.count.noteFailure(of: instance.sopInstanceUID, reason)
                case .ended: throw .ended
                }
            }
        }
    }

    /// Sends to a third party; nil where the association of the request is gone.
    mutating func move(
        _ instances: [RetrievedInstance], to peer: Peer, originator: MoveOriginator?
    ) -> DIMSEAnswer? {
        perform { (retrieval) throws(Halt) in
            var files: [(instance: RetrievedInstance, meta: FileMetaInformation)] = []
            for instance in instances {
                if let meta = retrieval.file(instance) { files.append((instance, meta)) }
            }
            for batch in StorageProposal.batches(files.map(\.meta)) {
                try retrieval.send(batch, of: files.map(\.instance), to: peer, originator)
            }
        }
    }

    private mutating func send(
        _ batch: StorageProposal, of instances: [RetrievedInstance], to peer: Peer, _ originator: MoveOriginator?
    ) throws(Halt) {
        var done = 0
        var halt: Halt?
        do throws(NetworkError) {
            let association = try RequestedAssociation(with: peer, proposing: batch.contexts)
            do throws(NetworkError) {
                for (index, meta) in batch.files {
                    halt = proceed()
                    if halt != nil { break }
                    try store(meta, instances[index], on: association, batch, originator)
                    done += 1
                }
                association.close(release: true)
            } catch {
                association.close(release: false)
                throw error
            }
        } catch {
            for (index, _) in batch.files.dropFirst(done) {
                count.noteFailure(of: instances[index].sopInstanceUID, "\(error)")
            }
        }
        if let halt { throw halt }
    }

    private mutating func store(
        _ meta: FileMetaInformation, _ instance: RetrievedInstance, on association: borrowing RequestedAssociation,
        _ batch: StorageProposal, _ originator: MoveOriginator?
    ) throws(NetworkError) {
        let context = batch.contextIDs(for: meta).first { association.transferSyntax(of: $0) != nil }
        let syntax = context.flatMap { association.transferSyntax(of: $0) }
        guard let sendable = sendable(instance, meta, in: syntax), let context else { return }
        switch try association.store(sendable, contextID: context, originator: originator) {
        case .answered(let answer): count.note(answer, of: instance.sopInstanceUID)
        case .unsent(let reason): count.noteFailure(of: instance.sopInstanceUID, reason)
        }
    }

    // MARK: - The association of the request

    private mutating func perform(_ work: (inout Retrieval) throws(Halt) -> Void) -> DIMSEAnswer? {
        do throws(Halt) {
            try work(&self)
        } catch {
            switch error {
            case .cancelled: isCancelled = true
            case .ended: return nil
            }
        }
        return count.finalAnswer(isCancelled: isCancelled)
    }

    /// Tells how far it is, before the next one; what to stop for where the peer has cancelled or is gone.
    private func proceed() -> Halt? {
        switch exchange.state {
        case .cancelled: .cancelled
        case .ended: .ended
        case .open: exchange.respond(DIMSEAnswer(.pending), nil, count) ? nil : .ended
        }
    }

    private static let notTaken = "the destination does not take its SOP class"

    /// An instance in the transfer syntax that its destination takes; nil, and noted as failed, where it cannot be had.
    private mutating func sendable(
        _ instance: RetrievedInstance, _ meta: FileMetaInformation, in transferSyntax: UID?
    ) -> SendableFile? {
        guard let transferSyntax else {
            count.noteFailure(of: instance.sopInstanceUID, Self.notTaken)
            return nil
        }
        do throws(Conversion.Failure) {
            return try conversion.file(instance.path, meta, in: transferSyntax)
        } catch {
            count.noteFailure(of: instance.sopInstanceUID, error.reason)
            return nil
        }
    }

    private mutating func file(_ instance: RetrievedInstance) -> FileMetaInformation? {
        do throws(FileMetaInformation.Reason) {
            return try FileMetaInformation(path: instance.path)
        } catch {
            count.noteFailure(of: instance.sopInstanceUID, error.text)
            return nil
        }
    }
}
