import DICOM

/// Verification as SCU (PS3.4 annex A): asks whether a peer answers.
public enum VerificationSCU {
    /// Sends a C-ECHO on an association of its own. Blocks the calling thread within the peer's time-outs.
    /// - Returns: the status that the peer answered.
    /// - Throws: where there is no association or no answer. `NetworkError.lost` where the peer takes associations but
    ///   no Verification.
    public static func echo(_ peer: Peer) throws(NetworkError) -> DIMSEStatus {
        let association = try RequestedAssociation(
            with: peer,
            proposing: [.init(id: 1, abstractSyntax: .verification, transferSyntaxes: [.implicitVRLittleEndian])])
        do {
            let status = try association.echo()
            association.close(release: true)
            return status
        } catch {
            association.close(release: false)
            throw error
        }
    }
}
