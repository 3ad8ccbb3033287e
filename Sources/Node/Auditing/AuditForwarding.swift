import Auditing
import DICOMNetwork
import Foundation
import Logging
import Synchronization

/// Synchronises the audit trail, and forwards it where there is a collector; while that is away, the trail's own files are
/// what waits.
final class AuditForwarding: Sendable {
    private let trail: AuditTrail
    private let log: Logger
    private let state: Mutex<State>

    private struct State: ~Copyable {
        let forwarder: AuditForwarder?
        var failures = 0
        var notBefore = Date.distantPast
    }

    /// The longest pause before a collector that is away is tried again.
    private static let longestPauseSeconds = 60.0

    init(_ trail: AuditTrail, to target: TLSStream.Target?, credentials: TLSCredentials?, log: Logger) {
        (self.trail, self.log) = (trail, log)
        let forwarder: AuditForwarder? =
            if let target, let credentials { AuditForwarder(trail, to: target, credentials: credentials) } else { nil }
        state = Mutex(State(forwarder: forwarder))
    }

    /// When a collector that is away is tried again; nil while there is none, or it is there.
    var nextDue: Date? { state.withLock { $0.failures > 0 ? $0.notBefore : nil } }

    /// Does what is due.
    func work(now: Date) {
        do throws(AuditError) {
            try trail.synchronize()
        } catch {
            log.error("the audit trail is not synchronised: \(error)")
        }
        state.withLock { state in
            guard let forwarder = state.forwarder, now >= state.notBefore else { return }
            do {
                let sent = try forwarder.forward(progress: Pulse.beat)
                if state.failures > 0 {
                    log.notice("the audit trail is forwarded again", metadata: ["lines": "\(sent)"])
                }
                (state.failures, state.notBefore) = (0, .distantPast)
            } catch let error as AuditError {
                log.error("\(error)")
            } catch {
                if state.failures == 0 { log.warning("the audit trail is not forwarded and waits: \(error)") }
                let pause = min(pow(2, Double(min(state.failures, 10))), Self.longestPauseSeconds)
                state.failures += 1
                state.notBefore = now.addingTimeInterval(pause)
            }
        }
    }

    /// Does what can be done without waiting for anybody.
    func finish() {
        try? trail.synchronize()
        // Not where the thread of the trail still waits for the collector.
        _ = state.withLockIfAvailable { state in
            // The rest is sent after the next start.
            if let forwarder = state.forwarder, forwarder.isConnected { _ = try? forwarder.forward() }
        }
    }
}
