import Archive
import DICOM
import Foundation
import Logging

/// Closes studies that are complete.
struct Closing: Sendable {
    let archive: Archive
    let feeds: Feeds
    let rule: CompletionRule
    let bell: Bell
    let log: Logger

    /// Does the next `close` job that is due.
    /// - Returns: whether there was one.
    func doNext() throws -> Bool {
        guard let job = try archive.claimNextJob(kinds: [.close], now: Date()), let uid = job.studyInstanceUID else {
            return false
        }
        try close(job, of: uid)
        return true
    }

    private func close(_ job: Job, of uid: UID) throws {
        let instances = try archive.instances(ofStudy: uid)
        let study: Logger.Metadata = ["study": "\(uid)"]
        switch rule.judge(instances, isFed: feeds.isFed(uid), now: Date()) {
        case .complete(let signal):
            let outcome = try archive.closeStudy(job, signal: signal, now: Date())
            log.info("study closed: \(signal), \(outcome.summary)", metadata: study)
            bell.ring()
        case .wait(let seconds, let reason):
            try archive.postpone(job, until: Date().addingTimeInterval(seconds), reason: reason)
        case .incomplete(let reason):
            try archive.fail(job, reason: "incomplete: \(reason)", retryAt: nil)
            log.error("study is incomplete and not read: \(reason)", metadata: study)
        }
    }
}

extension CloseOutcome {
    fileprivate var summary: String {
        switch self {
        case .revision(let revision): "revision \(revision.number) of \(revision.instanceCount) instances"
        case .superseded: "superseded by later images"
        case .unchanged: "nothing new"
        }
    }
}
