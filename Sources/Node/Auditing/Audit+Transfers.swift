import Archive
import Auditing
import DICOM
import DICOMNetwork
import Foundation

extension Audit {
    // MARK: - What we are sent

    /// Counts an instance that a sender brought.
    /// - Parameters:
    ///   - wasKnown: whether it was here before.
    ///   - failure: why it was not kept.
    func received(_ header: InstanceHeader, from sender: Sender, wasKnown: Bool, failure: String?) {
        let transfer = AuditedTransfer(from: sender.node, to: own, isBegunBySource: sender.isRequestor)
        let messages = transfers.withLock { transfers in
            transfers[sender.id, default: TransferTally(transfer)].count(
                { AuditedStudy(header) }, header.studyInstanceUID, sopClass: header.sopClassUID, wasKnown: wasKnown,
                failure: failure, now: Date())
        }
        record(messages)
    }

    /// Records what an association came to, now that it has ended.
    func transferEnded(_ association: UInt64) {
        var tally = transfers.withLock { $0.removeValue(forKey: association) }
        record(tally?.finish(now: Date()) ?? [])
    }

    /// Records that we have a peer send us a study by C-MOVE, and what came of it. Its instances come to the listener, which
    /// records them too.
    func moving(_ study: AuditedStudy, from peer: Peer, _ move: () throws -> Void) rethrows {
        let transfer = AuditedTransfer(from: peer.node, to: own, isBegunBySource: false)
        record(.beginTransferring(study, transfer, at: Date()))
        do {
            try move()
            record(.transferred(study, transfer, at: Date()))
        } catch {
            record(.transferred(study, transfer, failure: "\(error)", at: Date()))
            throw error
        }
    }

    // MARK: - What we send

    /// Records that a peer begins to retrieve.
    /// - Parameter destination: where to; nil for the association of the request.
    func retrieving(
        _ instances: [HeldInstance], to destination: Peer?, for association: AssociationRequest, in archive: Archive
    ) {
        var tally = TransferTally(
            AuditedTransfer(from: own, to: destination?.node ?? association.node, isBegunBySource: destination != nil))
        for instance in instances {
            tally.announce(instance.sopInstanceUID, of: instance.studyInstanceUID, sopClass: instance.sopClassUID) {
                AuditedStudy($0, in: archive)
            }
        }
        record(tally.begin(now: Date()))
        // An association may have brought instances before; a retrieval has a tally of its own.
        let earlier = transfers.withLock { transfers in
            defer { transfers[association.id] = tally }
            return transfers[association.id]?.finish(now: Date()) ?? []
        }
        record(earlier)
    }

    /// Records what a retrieval came to.
    func retrieved(_ count: SubOperations, for association: AssociationRequest) {
        guard var tally = transfers.withLock({ $0.removeValue(forKey: association.id) }) else { return }
        for instance in count.failed { tally.noteFailure(of: instance, count.firstFailure) }
        record(tally.finish(now: Date()))
    }

    /// Records that results are sent to a destination, and what came of it.
    /// - Parameter send: sends, and returns for each instance why it was not stored, nil where it was.
    func delivering(
        _ results: [StoredResult], to peer: Peer, in archive: Archive, _ send: () throws -> [String?]
    ) rethrows {
        var tally = TransferTally(AuditedTransfer(from: own, to: peer.node))
        for result in results {
            guard let instance = result.sopInstanceUID, let sopClass = result.sopClassUID else { continue }
            tally.announce(instance, of: result.studyInstanceUID, sopClass: sopClass) { AuditedStudy($0, in: archive) }
        }
        record(tally.begin(now: Date()))
        for (result, failure) in zip(results, try send()) {
            if let failure, let instance = result.sopInstanceUID { tally.noteFailure(of: instance, failure) }
        }
        record(tally.finish(now: Date()))
    }

    // MARK: - What we use

    /// Records that a study was read.
    func read(_ study: UID, sopClasses: [UID], failure: String?, in archive: Archive) {
        var audited = AuditedStudy(study, in: archive)
        for sopClass in sopClasses { audited.instances[sopClass.description, default: 0] += 1 }
        record(.accessed(audited, .read, by: own, failure: failure, at: Date()))
    }

    // MARK: - What we remove

    /// Records that files of a study were removed, if any were.
    /// - Parameter reason: why, in words.
    func removing(
        _ kind: RetainedKind, ofStudy study: UID, _ reason: String, in archive: Archive,
        _ remove: () throws -> RemovedFiles?
    ) rethrows -> RemovedFiles? {
        // Asked before, as nothing can be told of a study that is gone.
        var audited = AuditedStudy(study, in: archive)
        if kind == .inputs {
            for instance in (try? archive.instances(ofStudy: study)) ?? [] {
                audited.instances[instance.sopClassUID.description, default: 0] += 1
            }
        }
        guard let removed = try remove() else { return nil }
        record(.deleted(audited, "\(kind.rawValue): \(reason)", by: own, at: Date()))
        return removed
    }
}

extension AuditedStudy {
    /// The study of an instance, as its header tells.
    fileprivate init(_ header: InstanceHeader) {
        self.init(
            studyInstanceUID: header.studyInstanceUID.description,
            patientID: header.attributes.string(.patientID) ?? "",
            patientName: header.attributes.string(.patientName) ?? "",
            accessionNumber: header.attributes.string(.accessionNumber) ?? "")
    }

    /// A study that we hold; only named where the index cannot be read.
    fileprivate init(_ uid: UID, in archive: Archive) {
        let summary = try? archive.study(uid)
        // Of a study whose images are gone, and whose results are held, no more than the patient's ID is told.
        let origin = try? archive.origin(ofStudy: uid)
        self.init(
            studyInstanceUID: uid.description, patientID: origin?.patient.patientID ?? "",
            patientName: summary?.patientName ?? "", accessionNumber: summary?.accessionNumber ?? "")
    }
}
