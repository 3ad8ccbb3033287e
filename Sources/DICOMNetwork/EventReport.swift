import CDCMTK
import DICOM

/// What an N-EVENT-REPORT or an N-ACTION says.
struct NormalizedContent {
    let sopClassUID: UID
    let sopInstanceUID: UID
    /// Event Type ID or Action Type ID.
    let type: UInt16
    /// Event Information or Action Information.
    let information: DataSet

    /// Lends it to the shim for a call; 0 where DCMTK does not take the data set.
    func lend(_ body: (UnsafePointer<cd_normalized>) -> Int32) -> Int32 {
        let builder = cd_builder_create()
        defer { cd_builder_free(builder) }
        var error = cd_error()
        guard information.build(into: builder, &error) else { return 0 }
        return withCStrings([sopClassUID.description, sopInstanceUID.description]) { text in
            var content = cd_normalized(
                sop_class_uid: text[0], sop_instance_uid: text[1], type: type, data_set: builder)
            return body(&content)
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
    var event: NormalizedContent {
        var information = DataSet()
        information.set(.transactionUID, transactionUID)
        if !committed.isEmpty {
            information.set(.retrieveAETitle, retrieveAETitle.description)
            information.set(.referencedSOPSequence, committed.map(\.item))
        }
        if !failed.isEmpty {
            information.set(
                .failedSOPSequence,
                failed.map { reference, reason in
                    var item = reference.item
                    item.set(.failureReason, Int(reason.rawValue))
                    return item
                })
        }
        return NormalizedContent(
            sopClassUID: StorageCommitment.sopClass, sopInstanceUID: StorageCommitment.sopInstance,
            type: failed.isEmpty ? 1 : 2, information: information)
    }
}
