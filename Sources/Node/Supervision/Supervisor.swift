import Foundation

/// The service manager that watches over this process, told how it is as sd_notify(3) has it.
///
/// Where none does, as in a shell, nothing is told.
public struct Supervisor: Sendable {
    private let socket: DatagramSocket?
    /// The time without a sign of life after which the process is ended, in seconds; nil where there is no such limit.
    public let watchdogSeconds: Double?

    /// - Parameter environment: where the service manager says how it is told: NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID.
    public init(environment: [String: String] = ProcessInfo.processInfo.environment) {
        socket = environment["NOTIFY_SOCKET"].flatMap(DatagramSocket.init)
        let isMeant = environment["WATCHDOG_PID"].map { $0 == "\(getpid())" } ?? true
        watchdogSeconds =
            socket == nil || !isMeant
            ? nil : environment["WATCHDOG_USEC"].flatMap(Double.init).map { $0 / 1_000_000 }
    }

    /// Whether somebody listens.
    public var isThere: Bool { socket != nil }

    /// Peers can be served.
    public func ready(_ status: String) { tell("READY=1", "STATUS=\(status)") }

    /// The configuration is being read again; to be followed by `ready`.
    public func reloading() {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        tell("RELOADING=1", "MONOTONIC_USEC=\(time.tv_sec * 1_000_000 + time.tv_nsec / 1000)")
    }

    /// The end has begun.
    public func stopping() { tell("STOPPING=1") }

    /// A sign of life.
    func alive() { tell("WATCHDOG=1") }

    private func tell(_ assignments: String...) {
        // A line is an assignment, so that a reason with line ends must not look like another.
        let lines = assignments.map { $0.replacingOccurrences(of: "\n", with: " ") }
        socket?.send(Array(lines.joined(separator: "\n").utf8))
    }
}
