import CDCMTK
import DICOM

extension StorageCommitment {
    /// What came of asking for storage commitment.
    public enum Answer: Sendable, Equatable {
        /// The peer will report, or has done so already.
        case accepted
        /// It answered with a failure.
        case refused(DIMSEStatus)
        /// It accepts no presentation context for storage commitment.
        case notOffered
    }

    /// Longest Event Information that is read, in bytes: room for some 8,000 instances.
    private static let longestReport = 1 << 20

    /// Asks a peer to commit to instances (PS3.4 section J.3.2), and waits a little on the association for its report.
    ///
    /// Blocks the calling thread; every wait is bounded by the peer's time-outs and `waitingSeconds`.
    /// - Parameters:
    ///   - waitingSeconds: how long the association is kept open for a report; one that comes later comes to the listener.
    ///   - take: given a report; says how it is answered.
    /// - Throws: `NetworkError` where the association was not had, or ended before the answer. Where it ends while a report
    ///   is waited for, the answer stands.
    public static func request(
        _ request: CommitmentRequest, of peer: Peer, waitingSeconds: Double,
        take: (CommitmentOutcome) -> DIMSEAnswer
    ) throws(NetworkError) -> Answer {
        let contexts = [
            RequestedAssociation.PresentationContext(
                id: 1, abstractSyntax: sopClass, transferSyntaxes: [.explicitVRLittleEndian, .implicitVRLittleEndian])
        ]
        let association = try RequestedAssociation(with: peer, proposing: contexts)
        guard association.transferSyntax(of: 1) != nil else {
            association.close(release: true)
            return .notOffered
        }
        let status: DIMSEStatus
        do throws(NetworkError) {
            status = try association.act(request.action, contextID: 1)
        } catch {
            association.close(release: false)
            throw error
        }
        guard status.isAccepted else {
            association.close(release: true)
            return .refused(status)
        }
        let isSound = association.takeEvent(waitingSeconds: waitingSeconds, limit: longestReport) { event in
            answer(to: event, take)
        }
        association.close(release: isSound)
        return .accepted
    }

    private static func answer(
        to event: cd_dimse_request, _ take: (CommitmentOutcome) -> DIMSEAnswer
    ) -> DIMSEAnswer {
        guard UID(string(event.sop_class_uid)) == sopClass, event.is_too_long == 0,
            let syntax = UID(string(event.transfer_syntax_uid)),
            let information = try? DataSet(
                bytes: Array(UnsafeBufferPointer(start: event.bytes, count: event.length)), transferSyntax: syntax),
            let outcome = CommitmentOutcome(information)
        else { return DIMSEAnswer(.invalidArgumentValue) }
        return take(outcome)
    }
}

extension CommitmentRequest {
    /// Action type 1, Request Storage Commitment (PS3.4 table J.3-1).
    var action: NormalizedContent {
        var information = DataSet()
        information.set(.transactionUID, transactionUID)
        information.set(.referencedSOPSequence, instances.map(\.item))
        return NormalizedContent(
            sopClassUID: StorageCommitment.sopClass, sopInstanceUID: StorageCommitment.sopInstance, type: 1,
            information: information)
    }
}
