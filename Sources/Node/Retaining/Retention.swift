import Archive
import DICOM
import Foundation
import Logging
import Synchronization

/// Removes the oldest studies that are done with while the policy's limits are passed, files that no row names, and what
/// nobody will ask for again.
///
/// One study's rows go in one transaction; then its files, a few at a time, because a disk that deletes much at once holds
/// up what arrives. Once a minute it looks whether there is anything to do.
package final class Retention: Sendable {
    /// How it paces itself.
    package struct Pace: Sendable {
        /// Seconds between two looks at what is held.
        package var lookSeconds = 60.0
        /// Files taken from the disk at a time.
        package var filesAtATime = 32
        /// Seconds between two such times.
        package var pauseSeconds = 0.25
        /// How old a file without a row is before it is taken for an orphan, in seconds.
        package var orphanAgeSeconds = 3600.0
        /// How long an answered request for storage commitment is remembered, in seconds. Scanners that were not told ask
        /// again within hours or days, and whoever asks later is answered by what is here then.
        package var commitmentAgeSeconds = 30 * 86_400.0
        /// Seconds between two alarms of a kind.
        package var alarmSeconds = 3600.0

        package init() {}
    }

    private struct State {
        /// Without rows already, and still on the disk.
        var files: ArraySlice<DiscardedFile> = []
        var next = Date.distantPast
        var folder = 0
        var alarmedAt = Date.distantPast
    }

    private let archive: Archive
    private let feeds: Feeds
    private let policy: RetentionPolicy
    private let reserveBytes: Int
    private let audit: Audit?
    private let pace: Pace
    private let log: Logger
    private let state = Mutex(State())

    /// - Parameters:
    ///   - reserveBytes: the free space below which nothing is received.
    ///   - audit: told of each study that goes.
    package init(
        archive: Archive, feeds: Feeds, policy: RetentionPolicy, reserveBytes: Int, pace: Pace = Pace(),
        audit: Audit? = nil, log: Logger
    ) {
        (self.archive, self.feeds, self.policy, self.reserveBytes) = (archive, feeds, policy, reserveBytes)
        self.audit = audit
        (self.pace, self.log) = (pace, log)
    }

    /// When there is something to do.
    package var nextDue: Date { state.withLock { $0.next } }

    /// Does the next small step, if it is time for one.
    /// - Returns: whether more is to be done at once.
    package func doNext(now: Date = Date()) throws -> Bool {
        try state.withLock { state in
            // A clock that was set back must not hold it up for longer than a look.
            guard now >= state.next || state.next > now.addingTimeInterval(pace.lookSeconds) else { return false }
            if !state.files.isEmpty {
                try discard(&state, now)
                return false
            }
            // Also where the following fails, lest it fails every second.
            state.next = now.addingTimeInterval(pace.lookSeconds)
            if let removed = try removeOne(&state, now) {
                state.files = removed.files[...]
                state.next = now
                return true
            }
            if try trimQuarantine(now) {
                state.next = now.addingTimeInterval(pace.pauseSeconds)
                return false
            }
            if try forgetCommitments(now) {
                state.next = now.addingTimeInterval(pace.pauseSeconds)
                return false
            }
            try sweep(&state, now)
            return false
        }
    }

    private func discard(_ state: inout State, _ now: Date) throws {
        state.next = now.addingTimeInterval(pace.pauseSeconds)
        let batch = state.files.prefix(pace.filesAtATime)
        // Taken off the list first: what cannot be removed now is found by a sweep later.
        state.files = state.files.dropFirst(batch.count)
        for file in batch { try archive.discard(file) }
    }

    // MARK: Limits

    private func removeOne(_ state: inout State, _ now: Date) throws -> RemovedFiles? {
        let holdings = try archive.holdings()
        let free = try archive.availableBytes()
        var pressing: [String] = []
        for kind in RetainedKind.allCases {
            for need in policy.needs(kind, holdings, freeBytes: free, now: now) {
                if let removed = try remove(kind, need) { return removed }
                if need.isPressing { pressing.append("\(kind.rawValue) are \(need.reason)") }
            }
        }
        if free < reserveBytes { pressing.append("the disk is below its reserve, so that nothing is received") }
        if !pressing.isEmpty { try raiseAlarm(pressing, &state, now) }
        return nil
    }

    /// Removes the first study that nobody feeds; those that are fed at this moment are few.
    private func remove(_ kind: RetainedKind, _ need: RetentionPolicy.Need) throws -> RemovedFiles? {
        for study in try archive.removableStudies(kind, before: need.before, limit: 64) {
            let removed = try feeds.whileUnfed(study) { try remove(kind, ofStudy: study, need.reason) }
            guard let removed else { continue }
            log.notice(
                "\(kind.rawValue) of a study removed: \(need.reason)",
                metadata: [
                    "study": "\(study)", "files": "\(removed.files.count)", "bytes": "\(removed.bytes)",
                ])
            return removed
        }
        return nil
    }

    private func remove(_ kind: RetainedKind, ofStudy study: UID, _ reason: String) throws -> RemovedFiles? {
        guard let audit else { return try archive.remove(kind, ofStudy: study) }
        return try audit.removing(kind, ofStudy: study, reason, in: archive) {
            try archive.remove(kind, ofStudy: study)
        }
    }

    /// Removes some of what was set aside, those files first that were last seen longest ago.
    /// - Returns: whether there was anything to remove.
    private func trimQuarantine(_ now: Date) throws -> Bool {
        for need in policy.quarantineNeeds(bytes: try archive.quarantinedBytes(), now: now) {
            let removed = try archive.removeQuarantined(
                before: need.before, excessBytes: need.excessBytes, limit: pace.filesAtATime)
            guard removed > 0 else { continue }
            log.notice("files in quarantine removed: \(need.reason)", metadata: ["files": "\(removed)"])
            return true
        }
        return false
    }

    /// Forgets some of the requests for storage commitment that were answered long ago.
    /// - Returns: whether there were any.
    private func forgetCommitments(_ now: Date) throws -> Bool {
        try archive.forgetCommitments(
            settledBefore: now.addingTimeInterval(-pace.commitmentAgeSeconds), limit: pace.filesAtATime) > 0
    }

    private func raiseAlarm(_ reasons: [String], _ state: inout State, _ now: Date) throws {
        guard abs(now.timeIntervalSince(state.alarmedAt)) >= pace.alarmSeconds else { return }
        state.alarmedAt = now
        let held = try archive.protectedStudies(.inputs).sorted { $0.key.rawValue < $1.key.rawValue }
            .map { "\($0.value) \($0.key.rawValue)" }
        log.error(
            """
            ALARM: \(reasons.joined(separator: "; ")), and nothing may be removed; deliver, cancel or send again what is \
            held, give the disk room, or change [retention]
            """, metadata: ["studies held": "\(held.isEmpty ? "none" : held.joined(separator: ", "))"])
    }

    // MARK: Orphans

    private func sweep(_ state: inout State, _ now: Date) throws {
        let folder = state.folder
        state.folder = (folder + 1) % Archive.sweptFolders
        let orphans = try archive.orphans(
            inFolder: folder, before: now.addingTimeInterval(-pace.orphanAgeSeconds), limit: 1000)
        guard !orphans.isEmpty else { return }
        log.notice("files without a row are removed", metadata: ["files": "\(orphans.count)"])
        state.files = orphans[...]
        state.next = now
    }
}
