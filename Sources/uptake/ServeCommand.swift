import Archive
import ArgumentParser
import Foundation
import Logging
import Node

/// `uptake serve`: the node.
struct ServeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Run the node: receive, read, report, deliver.",
        discussion: """
            Example:
              uptake serve --config /etc/uptake/uptake.toml

            Runs until it gets SIGTERM or SIGINT; then associations get ten seconds to end, deliveries in hand a little \
            longer, and work in hand is kept for the next start. On SIGHUP it takes up the changed configuration file and the \
            certificates, whole or not at all. Under systemd it says when it is ready, gives signs of life, and logs to the \
            journal. Where its index turns out to be torn it stops, with status 4.
            """)

    @Option(help: "Configuration file.")
    var config: String

    func run() throws {
        // What is made is of patients: nobody else's to read.
        umask(0o027)
        let configuration = try NodeConfiguration(checking: config)
        LoggingSystem.bootstrap { label in
            if let journal = JournalLogHandler(label: label) { return journal }
            return StreamLogHandler.standardError(label: label)
        }
        // Before any thread exists, so that none of them takes the signals.
        let signals = SignalWait()
        let supervisor = Supervisor()
        let log = Logger(label: "uptake")
        let node = try Node(configuration, executable: ownExecutable(), log: log)
        if node.port != 0 { print("listening on port \(node.port) as \(configuration.local.aeTitle)") }
        if let port = node.securePort {
            print("listening on port \(port) under TLS as \(configuration.local.aeTitle)")
        }
        fflush(nil)
        let watchdog = try node.beWatched(by: supervisor)
        let failure = serve(node, until: signals, supervisor)
        if let failure { log.critical("ALARM: the node stops: \(failure)") }
        supervisor.stopping()
        watchdog?.stop()
        node.stop(graceSeconds: failure == nil ? 10 : 1)
        // A delivery that hangs may still have its thread, under which a tidy exit would pull the libraries away.
        fflush(nil)
        _exit(failure.map(Uptake.status(of:)) ?? 0)
    }

    /// Waits for a signal to end, or for what no node can go on with.
    private func serve(_ node: Node, until signals: SignalWait, _ supervisor: Supervisor) -> ArchiveError? {
        while true {
            switch signals.wait(seconds: 1) {
            case nil: if let damage = node.archive.damage { return damage }
            case SIGHUP: reload(node, supervisor)
            default: return nil
            }
        }
    }

    private func reload(_ node: Node, _ supervisor: Supervisor) {
        supervisor.reloading()
        do throws(ConfigurationError) {
            try node.reload(path: config)
            supervisor.ready("configuration reloaded at \(Date().formatted(.iso8601))")
        } catch {
            supervisor.ready("a changed configuration was refused, the old one is in force: \(error)")
        }
    }
}

/// Waits for SIGTERM, SIGINT or SIGHUP.
struct SignalWait {
    private var set = sigset_t()

    /// Blocks the signals in this thread and those it starts, so that they stay pending for `wait`.
    init() {
        sigemptyset(&set)
        sigaddset(&set, SIGTERM)
        sigaddset(&set, SIGINT)
        sigaddset(&set, SIGHUP)
        pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    /// Returns the one that has come; nil where none has.
    func wait(seconds: Int) -> Int32? {
        var (set, limit) = (set, timespec(tv_sec: seconds, tv_nsec: 0))
        let signal = sigtimedwait(&set, nil, &limit)
        return signal > 0 ? signal : nil
    }
}
