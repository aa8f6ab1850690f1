// A lock that threads can sleep on for a while. The choice: the system's own, set to the clock that never goes back, since
// Foundation's sleeps until a time of the wall clock, and would sleep for an hour more where that is set back by one.

import Glibc

/// Guards state that threads share, and wakes those that sleep.
final class SteadyCondition: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    init() {
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        defer { pthread_condattr_destroy(&attributes) }
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(condition, &attributes)
    }

    func withLock<Result>(_ body: () throws -> Result) rethrows -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body()
    }

    /// Wakes all threads that sleep.
    func broadcast() { pthread_cond_broadcast(condition) }

    /// Sleeps with the lock given up, for so many seconds or until `isDone` holds after a broadcast; it is called with the lock.
    func sleep(for seconds: Double, unless isDone: () -> Bool) {
        var end = timespec()
        clock_gettime(CLOCK_MONOTONIC, &end)
        let nanoseconds = end.tv_nsec + Int(seconds * 1e9)
        end.tv_sec += nanoseconds / 1_000_000_000
        end.tv_nsec = nanoseconds % 1_000_000_000
        while !isDone() && pthread_cond_timedwait(condition, mutex, &end) == 0 {}
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }
}
