import ArgumentParser
import Foundation

/// Options by which the node bounds a process that it starts to look at a peer's objects.
struct ChildLimits: ParsableArguments {
    @Option(help: ArgumentHelp("Address space that this process may use, in MiB.", visibility: .hidden))
    var limitMemoryMib: Int?

    @Option(help: ArgumentHelp("Processor time that this process may use, in seconds.", visibility: .hidden))
    var limitCpuSeconds: Int?

    @Flag(help: ArgumentHelp("End when standard input ends: the node that asked is gone.", visibility: .hidden))
    var endWithInput = false

    /// Puts the limits in force. Where one is given, core files are forbidden too: they would hold patients' images.
    func impose() {
        if let limitMemoryMib { Self.limit(RLIMIT_AS, limitMemoryMib << 20) }
        if let limitCpuSeconds { Self.limit(RLIMIT_CPU, limitCpuSeconds) }
        if limitMemoryMib != nil || limitCpuSeconds != nil { Self.limit(RLIMIT_CORE, 0) }
        if endWithInput { Self.endWithInput() }
    }

    /// Ends this process when its standard input ends, and lets it be told to end: a node blocks the signals that stop
    /// it, and what it starts inherits that.
    private static func endWithInput() {
        var none = sigset_t()
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, nil)
        Thread {
            var byte: UInt8 = 0
            var count = 1
            while count > 0 || (count < 0 && errno == EINTR) { count = Glibc.read(STDIN_FILENO, &byte, 1) }
            _exit(1)
        }.start()
    }

    private static func limit(_ resource: __rlimit_resource, _ value: Int) {
        var limits = rlimit(rlim_cur: rlim_t(value), rlim_max: rlim_t(value))
        setrlimit(__rlimit_resource_t(resource.rawValue), &limits)
    }
}
