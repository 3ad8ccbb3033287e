import Foundation

/// Limits that a reading puts on itself when the node runs it.
enum ProcessLimits {
    /// Bounds address space and processor time, and forbids core files: they would hold patients' images.
    static func set(memoryMiB: Int?, cpuSeconds: Int?) {
        if let memoryMiB { limit(__rlimit_resource_t(RLIMIT_AS.rawValue), memoryMiB << 20) }
        if let cpuSeconds { limit(__rlimit_resource_t(RLIMIT_CPU.rawValue), cpuSeconds) }
        if memoryMiB != nil || cpuSeconds != nil { limit(__rlimit_resource_t(RLIMIT_CORE.rawValue), 0) }
    }

    /// Ends this process when its standard input ends, and lets it be told to end: a node blocks the signals that stop
    /// it, and what it starts inherits that.
    static func endWithInput() {
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

    private static func limit(_ resource: __rlimit_resource_t, _ value: Int) {
        var limits = rlimit(rlim_cur: rlim_t(value), rlim_max: rlim_t(value))
        setrlimit(resource, &limits)
    }
}
