import DICOM

/// Storage as SCU (PS3.4 annex B): sends files to a peer.
public enum StorageSCU {
    /// What became of one file.
    public struct Outcome: Sendable, Equatable {
        /// The file.
        public let path: String
        /// Its fate.
        public let result: Result

        /// The fate of a file.
        public enum Result: Sendable, Equatable, CustomStringConvertible {
            /// The peer answered; see the status for whether it has the file.
            case answered(StoreAnswer)
            /// The peer takes neither its SOP class in its transfer syntax nor in one that it can be converted to.
            case notAccepted(sopClassUID: UID, transferSyntaxUID: UID)
            /// It cannot be read, or not be converted to the transfer syntax that the peer wants; why, in words.
            case unreadable(String)
            /// The association ended after the file was begun and before the peer had answered: it may have it.
            case interrupted(NetworkError)
            /// The association was not had, or ended before the file was begun.
            case unsent(NetworkError)

            /// What became of the file, in words.
            public var description: String {
                switch self {
                case .answered(let answer):
                    "the peer answered \(answer.status)" + (answer.comment.isEmpty ? "" : ": \(answer.comment)")
                case .notAccepted(let sopClassUID, let transferSyntaxUID):
                    "the peer does not accept SOP class \(sopClassUID) in transfer syntax \(transferSyntaxUID)"
                case .unreadable(let reason): "the file cannot be sent: \(reason)"
                case .interrupted(let error), .unsent(let error): "\(error)"
                }
            }
        }

        /// Whether the peer has the file.
        public var isStored: Bool {
            if case .answered(let answer) = result { return answer.status.isAccepted }
            return false
        }
    }

    /// Sends files in their order, on one association, or as many as their contexts need at 128 each.
    ///
    /// Each file is offered in its own transfer syntax, in which its data set goes out byte for byte, and in the
    /// uncompressed little-endian ones, to which it is converted where the peer takes only those. After a failure of an
    /// association the file under way is reported interrupted, the remaining ones unsent, and nothing is sent twice.
    ///
    /// Blocks the calling thread; every wait is bounded by the peer's time-outs.
    /// - Parameters:
    ///   - conversion: how a file is converted.
    ///   - progress: called in the calling thread after each file.
    /// - Returns: one outcome per path, in their order.
    public static func send(
        _ paths: [String], to peer: Peer, converting conversion: Conversion = .inThisProcess,
        progress: (Outcome) -> Void = { _ in }
    ) -> [Outcome] {
        var results: [Int: Outcome.Result] = [:]
        func settle(_ index: Int, _ result: Outcome.Result) {
            results[index] = result
            progress(Outcome(path: paths[index], result: result))
        }
        var files: [(index: Int, meta: FileMetaInformation)] = []
        for (index, path) in paths.enumerated() {
            do throws(FileMetaInformation.Reason) {
                files.append((index, try FileMetaInformation(path: path)))
            } catch {
                settle(index, .unreadable(error.text))
            }
        }
        var failed: NetworkError?
        for batch in StorageProposal.batches(files.map(\.meta)) {
            if failed == nil {
                failed = send(
                    batch, to: peer, path: { paths[files[$0].index] }, conversion,
                    settle: { settle(files[$0].index, $1) })
            }
            if let failed {
                for file in batch.files where results[files[file.index].index] == nil {
                    settle(files[file.index].index, .unsent(failed))
                }
            }
        }
        return paths.indices.map { Outcome(path: paths[$0], result: results[$0]!) }
    }

    /// Sends one batch on an association of its own; returns what ended it early.
    private static func send(
        _ batch: StorageProposal, to peer: Peer, path: (Int) -> String, _ conversion: Conversion,
        settle: (Int, Outcome.Result) -> Void
    ) -> NetworkError? {
        do throws(NetworkError) {
            let association = try RequestedAssociation(with: peer, proposing: batch.contexts)
            var underWay: Int?
            do throws(NetworkError) {
                for (index, meta) in batch.files {
                    underWay = index
                    settle(index, try store(meta, path: path(index), on: association, batch, conversion))
                }
                association.close(release: true)
                return nil
            } catch {
                association.close(release: false)
                underWay.map { settle($0, .interrupted(error)) }
                return error
            }
        } catch {
            return error
        }
    }

    private static func store(
        _ meta: FileMetaInformation, path: String, on association: borrowing RequestedAssociation,
        _ batch: StorageProposal, _ conversion: Conversion
    ) throws(NetworkError) -> Outcome.Result {
        let accepted = batch.contextIDs(for: meta).first { association.transferSyntax(of: $0) != nil }
        guard let accepted, let syntax = association.transferSyntax(of: accepted) else {
            return .notAccepted(sopClassUID: meta.sopClassUID, transferSyntaxUID: meta.transferSyntaxUID)
        }
        let file: SendableFile
        do throws(Conversion.Failure) {
            file = try conversion.file(path, meta, in: syntax)
        } catch {
            return .unreadable(error.reason)
        }
        switch try association.store(file, contextID: accepted) {
        case .answered(let answer): return .answered(answer)
        case .unsent(let reason): return .unreadable(reason)
        }
    }
}
