import Foundation
import Synchronization

/// A program that could not be started.
struct SpawnFailure: Error, CustomStringConvertible {
    let description: String
}

/// Programs that run to their end within a limit on time, and can all be ended at once.
///
/// They are spawned without Foundation, whose `Process` hands on the signals that the node blocks and ignores: a child has
/// none blocked and none ignored, of the node's files nothing but its own output, and a process group of its own, so that
/// whatever it starts ends with it.
package final class ChildProcesses: Sendable {
    /// How a child ended.
    package enum Ending: Sendable, Equatable {
        case exited(Int32)
        case killed(signal: Int32)
        case timedOut
    }

    private struct State {
        var alive: Set<pid_t> = []
        var isEnding = false
    }
    private let state = Mutex(State())

    package init() {}

    /// Runs a program and waits for its end.
    /// - Returns: how it ended, and the last few kilobytes of what it wrote to standard output and error.
    /// - Throws: `SpawnFailure` where the program cannot be started.
    package func run(
        _ executable: String, _ arguments: [String], timeoutSeconds: Double
    ) throws -> (ending: Ending, output: String) {
        let output = try Pipe()
        // Nothing is ever written to it: that it ends tells the child that the node is gone.
        let lifeline = try Pipe()
        defer {
            close(output.reading)
            close(lifeline.writing)
        }
        let child: pid_t
        do {
            defer {
                close(output.writing)
                close(lifeline.reading)
            }
            child = try spawn(executable, arguments, input: lifeline.reading, output: output.writing)
        }
        return wait(for: child, output: output.reading, timeoutSeconds: timeoutSeconds)
    }

    /// Whether the children are being ended, so that a killed one says nothing of its task.
    package var isEnding: Bool { state.withLock { $0.isEnding } }

    /// Ends them all, and every one still to come.
    package func endAll() {
        state.withLock {
            $0.isEnding = true
            for child in $0.alive { kill(-child, SIGKILL) }
        }
    }

    // MARK: Starting

    /// The two ends of a pipe.
    private struct Pipe {
        let reading: Int32
        let writing: Int32

        init() throws {
            var ends: [Int32] = [-1, -1]
            guard pipe(&ends) == 0 else { throw SpawnFailure(description: "no pipe: \(reason(errno))") }
            // Closed in every child but the one that gets it as a stream: another may be started at this moment.
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
            (reading, writing) = (ends[0], ends[1])
        }
    }

    private func spawn(_ executable: String, _ arguments: [String], input: Int32, output: Int32) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO)

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var (none, all) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP))

        // A backtrace would carry the contents of registers, which are a patient's data, into the reason.
        let environment = ProcessInfo.processInfo.environment.merging(["SWIFT_BACKTRACE": "enable=no"]) { $1 }
        let words = Self.strings([executable] + arguments)
        let settings = Self.strings(environment.map { "\($0)=\($1)" })
        defer { (words + settings).forEach { free($0) } }
        // Under the lock, so that no child slips past `endAll`.
        return try state.withLock { state in
            var child: pid_t = 0
            for descriptor in Self.inheritable { posix_spawn_file_actions_addclose(&actions, descriptor) }
            let error = posix_spawn(&child, executable, &actions, &attributes, words, settings)
            guard error == 0 else {
                throw SpawnFailure(description: "\(executable) cannot be started: \(reason(error))")
            }
            state.alive.insert(child)
            if state.isEnding { kill(-child, SIGKILL) }
            return child
        }
    }

    /// What a child could inherit: all that is open, and the numbers that another thread may open until the child is made,
    /// which are the lowest free ones (a connection that DCMTK accepts is closed-on-exec only in a second step). To close what
    /// is not open does no harm, but for a number beyond the limit.
    private static var inheritable: ClosedRange<Int32> {
        let open = ((try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []).compactMap {
            Int32($0)
        }
        let limit = sysconf(Int32(_SC_OPEN_MAX))
        let highest = min((open.max() ?? 0) + 64, limit > 0 ? Int32(clamping: limit) - 1 : .max)
        return STDERR_FILENO + 1...max(highest, STDERR_FILENO + 1)
    }

    /// Copies for C, ended by NULL; the caller frees them.
    private static func strings(_ texts: [String]) -> [UnsafeMutablePointer<CChar>?] {
        texts.map { strdup($0) } + [nil]
    }

    // MARK: Waiting

    private func wait(for child: pid_t, output: Int32, timeoutSeconds: Double) -> (ending: Ending, output: String) {
        let deadline = ContinuousClock.now + .seconds(timeoutSeconds)
        var tail = TailOfOutput(descriptor: output)
        var isTimedOut = false
        while !Self.hasEnded(child) {
            if !isTimedOut, ContinuousClock.now >= deadline {
                isTimedOut = true
                kill(-child, SIGKILL)
            }
            // One that cannot even be killed is nobody's patience.
            if !isTimedOut { Pulse.beat() }
            tail.collect(waitingMilliseconds: 20)
        }
        let status = reap(child)
        tail.collect(waitingMilliseconds: 0)
        let signal = status & 0x7f
        let ending = signal == 0 ? Ending.exited(status >> 8 & 0xff) : .killed(signal: signal)
        return (isTimedOut ? .timedOut : ending, tail.text)
    }

    /// Whether a child is at its end; it is left for `reap`, so that its number stays its own.
    private static func hasEnded(_ child: pid_t) -> Bool {
        var information = siginfo_t()
        return waitid(P_PID, id_t(child), &information, WEXITED | WNOHANG | WNOWAIT) != 0 || information.si_signo != 0
    }

    /// Ends what a child has left behind, and takes its status.
    private func reap(_ child: pid_t) -> Int32 {
        state.withLock {
            kill(-child, SIGKILL)
            var status: Int32 = 0
            waitpid(child, &status, 0)
            $0.alive.remove(child)
            return status
        }
    }
}

/// The last few kilobytes that come out of a pipe.
private struct TailOfOutput {
    /// Negative once the other end is closed.
    private var descriptor: Int32
    private var bytes: [UInt8] = []
    private static let limit = 8192

    init(descriptor: Int32) { self.descriptor = descriptor }

    /// Takes what is there, waiting a while for something to come.
    mutating func collect(waitingMilliseconds: Int32) {
        var patience = waitingMilliseconds
        var chunk = [UInt8](repeating: 0, count: Self.limit)
        while true {
            var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&request, 1, patience) > 0 else { return }
            let count = read(descriptor, &chunk, chunk.count)
            guard count > 0 else {
                descriptor = -1
                return
            }
            bytes = (bytes + chunk[..<count]).suffix(Self.limit)
            patience = 0
        }
    }

    var text: String { String(decoding: bytes, as: UTF8.self) }
}

private func reason(_ error: Int32) -> String { String(cString: strerror(error)) }
