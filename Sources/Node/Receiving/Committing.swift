import Archive
import DICOM
import DICOMNetwork
import Foundation
import Logging

/// Commits to what peers ask us to keep (PS3.4 annex J).
///
/// A request is on the disk before it is answered. Where the peer then waits on its association, it hears there; else, and
/// whenever that fails, from a job, on an association of our own.
struct Committing: CommitmentService {
    let current: CurrentConfiguration
    let archive: Archive
    let bell: Bell
    let log: Logger

    /// How long a peer has to keep silent to be taken for one that waits; one that is about to release does so at once.
    private static let silenceSeconds = 1.0
    /// When the job takes over.
    private static let takeoverSeconds = 3.0

    func accept(_ request: CommitmentRequest, from association: AssociationRequest) -> DIMSEAnswer {
        let items = request.instances.map {
            Commitment.Item(sopClassUID: $0.sopClassUID, sopInstanceUID: $0.sopInstanceUID)
        }
        do throws(ArchiveError) {
            let now = Date()
            let id = try archive.keepCommitment(
                transaction: request.transactionUID, of: peer(association), items,
                due: now.addingTimeInterval(Self.takeoverSeconds), now: now)
            hastenClosing(forCommitment: id, now, association)
        } catch {
            log.error("a storage commitment was not taken on: \(error)", metadata: association.metadata)
            if case .busy(let what) = error {
                return DIMSEAnswer(.resourceLimitation, comment: "\(what) is in use: ask again")
            }
            return DIMSEAnswer(.processingFailure, comment: "the request could not be kept")
        }
        bell.ring()
        return DIMSEAnswer(.success)
    }

    /// Who asks has sent what it had to send. The request is kept, whatever becomes of this.
    private func hastenClosing(forCommitment id: Int64, _ now: Date, _ association: AssociationRequest) {
        do throws(ArchiveError) {
            try archive.hastenClosing(
                forCommitment: id, due: now.addingTimeInterval(current.now.completion.commitmentSettleSeconds))
        } catch {
            log.warning("studies are not closed sooner: \(error)", metadata: association.metadata)
        }
    }

    private func peer(_ association: AssociationRequest) -> String { association.callingAETitle?.description ?? "" }

    func settle(
        _ request: CommitmentRequest, from association: AssociationRequest, isQuiet: (_ seconds: Double) -> Bool,
        report: (CommitmentReport) throws -> Void
    ) {
        guard isQuiet(Self.silenceSeconds) else { return }
        do throws(ArchiveError) {
            guard let id = try archive.commitmentID(transaction: request.transactionUID, of: peer(association)),
                let job = try archive.claimCommitment(id)
            else { return }
            defer { bell.ring() }
            do throws(ArchiveError) {
                try settle(job, id, isQuiet: isQuiet, report: report)
            } catch {
                // Given back, so that it does not lie in hand until the next start.
                try archive.postpone(
                    job, until: Date().addingTimeInterval(Self.takeoverSeconds), reason: "\(error)")
                throw error
            }
        } catch {
            log.error("a storage commitment was not reported: \(error)", metadata: association.metadata)
        }
    }

    private func settle(
        _ job: Job, _ id: Int64, isQuiet: (_ seconds: Double) -> Bool, report: (CommitmentReport) throws -> Void
    ) throws(ArchiveError) {
        guard let verified = try archive.verifyCommitment(id, now: Date(), goesOn: { isQuiet(0) }) else {
            try archive.postpone(job, until: Date(), reason: "the peer went on before it could be told")
            return
        }
        do {
            try report(self.report(verified))
        } catch {
            try archive.fail(job, reason: "\(error)", retryAt: Date())
            return
        }
        try archive.complete(job)
        note(verified, on: "its own association")
    }

    // MARK: - Later

    /// Does the next `commit` job of a peer, which has a thread of its own as destinations have.
    func doNext(for title: AETitle) throws -> Bool {
        guard
            let job = try archive.claimNextJob(kinds: [.commit], destination: title.description, now: Date()),
            let id = job.commitmentID
        else { return false }
        guard let peer = current.now.reach(title) else {
            try archive.fail(job, reason: "[[peer]] \(title) has no host and port to be told at", retryAt: nil)
            log.error("a storage commitment cannot be reported: \(title) has no host and port")
            return true
        }
        let verified = try archive.verifyCommitment(id, now: Date()) {
            Pulse.beat()
            return true
        }
        guard let verified else { return true }
        let failure: String?
        do throws(NetworkError) {
            switch try StorageCommitment.report(report(verified), to: peer) {
            case nil: failure = "\(peer) takes no reports on storage commitment"
            case let status? where status.isAccepted: failure = nil
            case let status?: failure = "\(peer) answered \(status)"
            }
        } catch {
            failure = "\(error)"
        }
        if let failure {
            try retry(job, failure)
        } else {
            try archive.complete(job)
            note(verified, on: "an association of ours")
        }
        return true
    }

    private func retry(_ job: Job, _ reason: String) throws {
        log.warning("a storage commitment was not reported: \(reason)", metadata: ["job": "\(job.id)"])
        let pause = min(30 * pow(2, Double(min(job.progress.attempt, 20) - 1)), 3600)
        try archive.fail(job, reason: reason, retryAt: Date().addingTimeInterval(pause))
    }

    private func report(_ commitment: Commitment) -> CommitmentReport {
        var committed: [InstanceReference] = []
        var failed: [(InstanceReference, CommitmentReport.FailureReason)] = []
        for item in commitment.items {
            let reference = InstanceReference(sopClassUID: item.sopClassUID, sopInstanceUID: item.sopInstanceUID)
            switch item.failure {
            case nil: committed.append(reference)
            case .noSuchInstance: failed.append((reference, .noSuchObjectInstance))
            case .classInstanceConflict: failed.append((reference, .classInstanceConflict))
            case .processingFailure: failed.append((reference, .processingFailure))
            }
        }
        return CommitmentReport(
            transactionUID: commitment.transactionUID, committed: committed, failed: failed,
            retrieveAETitle: current.now.local.aeTitle)
    }

    private func note(_ commitment: Commitment, on association: String) {
        let failures = commitment.items.count { $0.failure != nil }
        log.info(
            "storage commitment reported",
            metadata: [
                "peer": "\(commitment.peerAETitle)", "instances": "\(commitment.items.count)",
                "not kept": "\(failures)",
                "on": "\(association)",
            ])
        if commitment.items.contains(where: { $0.failure == .processingFailure }) {
            log.critical(
                "an instance on the disk is not what was taken in", metadata: ["peer": "\(commitment.peerAETitle)"])
        }
    }
}
