import Archive
import DICOM
import DICOMNetwork
import Foundation
import Logging

/// Asks a destination to commit to what it was sent (PS3.4 annex J, as SCU), and settles deliveries by what it reports.
///
/// A delivery is done only when it is committed to, so that what nobody vouches for is kept, and found by operators.
package struct DeliveryConfirmation: Sendable {
    let archive: Archive
    let destination: NodeConfiguration.Destination
    /// The destination as it is reached.
    let peer: Peer
    let log: Logger
    /// How long the association stays open for a report; one that comes later comes to the listener.
    private static let waitingSeconds = 5.0

    /// Asks about deliveries that were sent, all in one transaction, which is on the disk first.
    func ask(_ jobs: [Job], now: Date) throws {
        var asked: [(job: Job, instance: InstanceReference)] = []
        for job in jobs {
            guard let result = try job.resultID.flatMap(archive.result), let sopClass = result.sopClassUID,
                let instance = result.sopInstanceUID
            else { continue }
            asked.append((job, InstanceReference(sopClassUID: sopClass, sopInstanceUID: instance)))
        }
        guard !asked.isEmpty else { return }
        let request = CommitmentRequest(transactionUID: .random(), instances: asked.map(\.instance))
        try archive.keepTransaction(request.transactionUID, about: asked.map(\.job), now: now)
        let answer = Result { () throws(NetworkError) in
            try StorageCommitment.request(request, of: peer, waitingSeconds: Self.waitingSeconds) {
                settle($0, now: now)
            }
        }
        try note(answer, about: asked.map(\.job), now: now)
    }

    private func note(
        _ answer: Result<StorageCommitment.Answer, NetworkError>, about jobs: [Job], now: Date
    ) throws {
        let metadata: Logger.Metadata = ["destination": "\(destination.name)", "instances": "\(jobs.count)"]
        switch answer {
        case .success(.accepted):
            log.info("storage commitment was asked for", metadata: metadata)
            let next = now.addingTimeInterval(destination.commitmentAfterSeconds)
            for job in jobs {
                let end = destination.schedule.limited(next, since: job.progress.since, now: now)
                try archive.awaitConfirmation(of: [job], reason: "sent; storage commitment is asked for", retryAt: end)
            }
        case .success(.notOffered):
            log.warning("the destination offers no storage commitment", metadata: metadata)
            try archive.complete(sent: jobs, reason: "sent; the destination offers no storage commitment")
        case .success(.refused(let status)):
            try askLater("sent; storage commitment was refused: \(status)", jobs, now: now)
        case .failure(let error):
            try askLater("sent; storage commitment cannot be asked for: \(error)", jobs, now: now)
        }
    }

    private func askLater(_ reason: String, _ jobs: [Job], now: Date) throws {
        log.warning("\(reason)", metadata: ["destination": "\(destination.name)"])
        for job in jobs { try archive.awaitConfirmation(of: [job], reason: reason, retryAt: retry(job, now: now)) }
    }

    private func retry(_ job: Job, now: Date) -> Date? {
        destination.schedule.nextAttempt(
            afterFailures: job.progress.attempt, since: job.progress.since, now: now, seed: UInt64(bitPattern: job.id))
    }

    /// Settles deliveries by a report.
    /// - Returns: how it is answered: a failure where the destination was not asked by such a transaction.
    package func settle(_ outcome: CommitmentOutcome, now: Date = Date()) -> DIMSEAnswer {
        let failures = outcome.failed.map { failure in
            (failure.instance.sopInstanceUID, "not committed to: \(DIMSEStatus(rawValue: failure.reason))")
        }
        do throws(ArchiveError) {
            let settled = try archive.settle(
                transaction: outcome.transactionUID, of: [destination.name],
                committed: Set(outcome.committed.map(\.sopInstanceUID)),
                failures: Dictionary(failures) { first, _ in first }, retryAt: { retry($0, now: now) })
            guard let settled else {
                return DIMSEAnswer(.invalidArgumentValue, comment: "no such transaction was asked for")
            }
            tell(settled)
            return DIMSEAnswer(.success)
        } catch {
            log.error("a storage commitment was not noted: \(error)", metadata: ["destination": "\(destination.name)"])
            return DIMSEAnswer(.processingFailure, comment: "the report could not be kept")
        }
    }

    private func tell(_ settled: ConfirmedDeliveries) {
        for job in settled.committed {
            log.info(
                "result committed to", metadata: ["destination": "\(destination.name)", "job": "\(job.id)"])
        }
        for job in settled.refused {
            log.warning(
                "result \(job.progress.reason ?? "not committed to")",
                metadata: ["destination": "\(destination.name)", "job": "\(job.id)"])
        }
    }
}

/// Takes the reports that destinations send on associations of their own.
package struct ConfirmationReports: CommitmentOutcomeService {
    let confirmations: @Sendable () -> [DeliveryConfirmation]
    let bell: Bell
    let log: Logger

    /// - Parameter confirmations: of the destinations that are asked at the time of a report.
    package init(
        confirmations: @autoclosure @escaping @Sendable () -> [DeliveryConfirmation], bell: Bell, log: Logger
    ) {
        (self.confirmations, self.bell, self.log) = (confirmations, bell, log)
    }

    package func take(_ outcome: CommitmentOutcome, from association: AssociationRequest) -> DIMSEAnswer {
        let candidates = confirmations().filter { $0.destination.aeTitle == association.callingAETitle }
        var answer = DIMSEAnswer(.invalidArgumentValue, comment: "no storage commitment was asked of this title")
        for candidate in candidates {
            answer = candidate.settle(outcome)
            if answer.status.isAccepted { break }
        }
        if answer.status.isAccepted {
            bell.ring()
        } else {
            log.warning("a report on storage commitment was refused: \(answer.comment)", metadata: association.metadata)
        }
        return answer
    }
}
