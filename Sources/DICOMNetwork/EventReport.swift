import CDCMTK
import DICOM

/// What an N-EVENT-REPORT says.
struct EventReport {
    let sopClassUID: UID
    let sopInstanceUID: UID
    let eventType: UInt16
    let information: DataSet

    /// Lends it to the shim for a call; 0 where DCMTK does not take the data set.
    func withEvent(_ body: (UnsafePointer<cd_event>) -> Int32) -> Int32 {
        let builder = cd_builder_create()
        defer { cd_builder_free(builder) }
        var error = cd_error()
        guard information.build(into: builder, &error) else { return 0 }
        return withCStrings([sopClassUID.description, sopInstanceUID.description]) { text in
            var event = cd_event(
                sop_class_uid: text[0], sop_instance_uid: text[1], event_type: eventType, data_set: builder)
            return body(&event)
        }
    }
}

/// Storage Commitment Push Model (PS3.4 annex J).
public enum StorageCommitment {
    /// The SOP class.
    public static let sopClass = UID(constant: "1.2.840.10008.1.20.1")
    /// The well-known instance.
    public static let sopInstance = UID(constant: "1.2.840.10008.1.20.1.1")

    /// Reports on an association of its own, with the role of the SCP.
    ///
    /// Blocks the calling thread; every wait is bounded by the peer's time-outs.
    /// - Returns: the peer's answer; nil where it refuses the presentation context.
    public static func report(_ report: CommitmentReport, to peer: Peer) throws(NetworkError) -> DIMSEStatus? {
        // Implicit encoding is the one that every peer must take (PS3.5 section 10.1).
        let contexts = [
            RequestedAssociation.PresentationContext(
                id: 1, abstractSyntax: sopClass, transferSyntaxes: [.explicitVRLittleEndian, .implicitVRLittleEndian],
                isSCP: true)
        ]
        let association = try RequestedAssociation(with: peer, proposing: contexts)
        guard association.transferSyntax(of: 1) != nil else {
            association.close(release: true)
            return nil
        }
        do throws(NetworkError) {
            let status = try association.report(report.event, contextID: 1)
            association.close(release: true)
            return status
        } catch {
            association.close(release: false)
            throw error
        }
    }
}

extension CommitmentReport {
    /// Event type 1 where all is committed, else 2 (PS3.4 table J.3-3).
    var event: EventReport {
        func item(_ reference: InstanceReference) -> DataSet {
            var item = DataSet()
            item.set(.referencedSOPClassUID, reference.sopClassUID)
            item.set(.referencedSOPInstanceUID, reference.sopInstanceUID)
            return item
        }
        var information = DataSet()
        information.set(.transactionUID, transactionUID)
        if !committed.isEmpty {
            information.set(.retrieveAETitle, retrieveAETitle.description)
            information.set(.referencedSOPSequence, committed.map(item))
        }
        if !failed.isEmpty {
            information.set(
                .failedSOPSequence,
                failed.map { reference, reason in
                    var item = item(reference)
                    item.set(.failureReason, Int(reason.rawValue))
                    return item
                })
        }
        return EventReport(
            sopClassUID: StorageCommitment.sopClass, sopInstanceUID: StorageCommitment.sopInstance,
            eventType: failed.isEmpty ? 1 : 2, information: information)
    }
}
