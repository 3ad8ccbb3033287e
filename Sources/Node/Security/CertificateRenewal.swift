import DICOMNetwork
import Foundation
import Logging
import Synchronization

/// Puts renewed certificates in force while the node runs, and says in time when ours expires.
package final class CertificateRenewal: Sendable {
    private let credentials: TLSCredentials
    private let audit: Audit?
    private let log: Logger
    private let bell = Bell()
    private let state: Mutex<State>

    private struct State {
        /// The files that are in force, or were found wrong.
        var judged: [Stamp?]
        /// The files at the last look: what is still being written differs from look to look.
        var seen: [Stamp?]
        var warnedAt: Date?
    }

    /// What tells one state of a file from another.
    private struct Stamp: Equatable {
        let seconds, nanoseconds, size: Int
        let inode: UInt

        init?(path: String) {
            var status = stat()
            guard stat(path, &status) == 0 else { return nil }
            seconds = status.st_mtim.tv_sec
            nanoseconds = status.st_mtim.tv_nsec
            size = Int(status.st_size)
            inode = UInt(status.st_ino)
        }
    }

    /// How long before its end a certificate is warned of, and how often.
    private static let warningSeconds = 30 * 86_400.0
    private static let warningPauseSeconds = 86_400.0

    /// Watches the files of credentials that have just been read.
    package init(_ credentials: TLSCredentials, audit: Audit? = nil, log: Logger) {
        (self.credentials, self.audit, self.log) = (credentials, audit, log)
        let stamps = credentials.files.paths.map(Stamp.init(path:))
        state = Mutex(State(judged: stamps, seen: stamps))
        log.info("certificate in force", metadata: credentials.certificate.metadata)
        if let warning = credentials.warning { log.warning("\(warning)") }
    }

    /// A thread that looks every few seconds.
    var worker: Worker {
        Worker(name: "certificates", bell: bell, log: log, nextDue: { nil }) {
            self.look()
            return false
        }
    }

    /// Looks at the files; reads them where they have changed and come to rest.
    package func look(now: Date = Date()) {
        let stamps = credentials.files.paths.map(Stamp.init(path:))
        let isDue = state.withLock { state in
            defer { state.seen = stamps }
            return stamps != state.judged && stamps == state.seen
        }
        if isDue { try? renew() }
        warn(now: now)
    }

    /// Reads the files at once, whether they have changed or not; the log and the audit trail tell what came of it.
    /// - Throws: what is wrong with them; then what was in force stays so.
    package func renew() throws(TLSFilesError) {
        let stamps = credentials.files.paths.map(Stamp.init(path:))
        state.withLock { $0.judged = stamps }
        do throws(TLSFilesError) {
            try credentials.reload()
            log.notice("renewed certificate in force", metadata: credentials.certificate.metadata)
            audit?.certificatesChanged(
                "renewed certificate in force", subject: credentials.certificate.subject, isFailure: false)
            state.withLock { $0.warnedAt = nil }
        } catch {
            log.error("the renewed certificate is refused, the old one stays in force: \(error)")
            audit?.certificatesChanged(
                "renewed certificate refused: \(error)", subject: credentials.certificate.subject, isFailure: true)
            throw error
        }
    }

    private func warn(now: Date) {
        let left = credentials.certificate.validUntil.timeIntervalSince(now)
        let isDue = state.withLock { state in
            guard left < Self.warningSeconds,
                now.timeIntervalSince(state.warnedAt ?? .distantPast) >= Self.warningPauseSeconds
            else { return false }
            state.warnedAt = now
            return true
        }
        guard isDue else { return }
        if let warning = credentials.certificate.warning(now: now) {
            log.warning("\(warning)", metadata: credentials.certificate.metadata)
        }
    }
}

extension TLSCredentials.Certificate {
    fileprivate var metadata: Logger.Metadata {
        ["subject": "\(subject)", "valid until": "\(validUntil.formatted(.iso8601))"]
    }

    /// What has to be done soon; nil where there is time.
    public func warning(now: Date) -> String? {
        let days = Int((validUntil.timeIntervalSince(now) / 86_400).rounded(.down))
        if now < validFrom { return "our certificate is not valid yet: set the clock, or wait" }
        if days < 0 { return "our certificate has expired and peers refuse it: renew it" }
        return days < 30 ? "our certificate expires in \(days) days: renew it" : nil
    }
}
