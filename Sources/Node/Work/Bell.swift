import Foundation

/// Wakes the workers when there may be something to do.
///
/// A condition variable of its own, because Foundation's waits by the clock on the wall: were that set back during a wait,
/// the wait would last so much longer.
package final class Bell: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    /// Guarded by `mutex`.
    private var rings: UInt64 = 0

    package init() {
        pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(condition, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    /// Wakes everyone.
    package func ring() {
        pthread_mutex_lock(mutex)
        rings += 1
        pthread_cond_broadcast(condition)
        pthread_mutex_unlock(mutex)
    }

    /// How often it has rung.
    package var count: UInt64 {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return rings
    }

    /// Waits until it has rung more than `count` times, or the time is up.
    package func wait(after count: UInt64, seconds: Double) {
        var limit = timespec()
        clock_gettime(CLOCK_MONOTONIC, &limit)
        let nanoseconds = Double(limit.tv_nsec) + seconds * 1e9
        limit.tv_sec += Int((nanoseconds / 1e9).rounded(.down))
        limit.tv_nsec = Int(nanoseconds.truncatingRemainder(dividingBy: 1e9))
        pthread_mutex_lock(mutex)
        while rings == count, pthread_cond_timedwait(condition, mutex, &limit) == 0 {}
        pthread_mutex_unlock(mutex)
    }
}
