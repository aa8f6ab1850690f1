// The thread pool of this process. The choice: the caller works too, the other threads sleep until it calls, and shared
// work is indexed, so that no result depends on the number of threads. OpenBLAS starts no threads of its own.

import Foundation
import Platform
import Synchronization

/// Threads that live and wait for work as long as the pool does. A pool serves one caller at a time. In its work,
/// denormal numbers count as zero.
package final class ThreadPool {
    /// The number of threads that compute at once, including the caller's.
    package let size: Int

    private let workers = Workers()

    /// Throws where the system cannot start that many threads, or has no memory for their matrix products.
    package init(_ size: Int) throws {
        precondition(size > 0, "a thread pool of \(size)")
        self.size = size
        BLASLibrary.useOneThread()
        try BLASLibrary.reserve(threads: size)
        try prepare(for: size)
    }

    /// Creates a pool of the caller's thread alone, for work without matrix products.
    package init() { size = 1 }

    deinit { workers.dismiss() }

    /// Starts the additional threads that `run` needs for more than `size` bodies that wait for each other.
    package func prepare(for count: Int) throws(ThreadError) { try workers.enlist(upTo: count) }

    /// Runs `body(0) ... body(count - 1)`, each on a thread of its own, the first on the caller's. Once all have ended
    /// it throws the error of the lowest index. `count` may be as large as `size`, or as what `prepare` was called
    /// with.
    package func run<Failure: Error>(
        _ count: Int, _ body: @escaping (Int) throws(Failure) -> Void
    ) throws(Failure) {
        let first = FirstFailure<Failure>()
        workers.call(count) { number in
            takingDenormalsAsZero {
                do throws(Failure) { try body(number) } catch { first.note(error, of: number) }
            }
        }
        if let error = first.error { throw error }
    }

    /// Runs `body(0) ... body(count - 1)` in no particular order, on up to `size` threads.
    package func forEach(_ count: Int, _ body: @escaping (Int) -> Void) {
        let next = Counter()
        run(min(size, count)) { _ in
            var number = next.taken()
            while number < count {
                body(number)
                number = next.taken()
            }
        }
    }
}

/// A counter that hands out each index once, to any thread.
private final class Counter: Sendable {
    private let next = Atomic(0)

    func taken() -> Int { next.add(1, ordering: .relaxed).oldValue }
}

/// The error of the lowest index that failed.
private final class FirstFailure<Failure: Error>: @unchecked Sendable {
    private let lock = NSLock()
    private var found: (number: Int, error: Failure)?

    func note(_ error: Failure, of number: Int) {
        lock.withLock { if number < found?.number ?? .max { found = (number, error) } }
    }

    var error: Failure? { lock.withLock { found?.error } }
}

/// The state that the threads of a pool share; its lock guards every property.
private final class Workers: @unchecked Sendable {
    private let condition = NSCondition()

    /// The number of threads that exist, including the caller's.
    private var members = 1

    /// The work of the current call, for the members with an index below `called`.
    private var work: ((Int) -> Void)?
    private var called = 0

    /// The number of calls so far.
    private var call = 0
    private var unfinished = 0
    private var isDismissed = false

    func call(_ count: Int, _ work: @escaping (Int) -> Void) {
        guard count > 1 else { return (0..<count).forEach(work) }
        condition.withLock {
            precondition(count <= members, "\(members) threads cannot do \(count) things at once")
            (self.work, called, unfinished) = (work, count, count - 1)
            call += 1
            condition.broadcast()
        }
        work(0)
        condition.withLock {
            while unfinished > 0 { condition.wait() }
            self.work = nil
        }
    }

    func dismiss() {
        condition.withLock {
            isDismissed = true
            condition.broadcast()
        }
    }

    func enlist(upTo count: Int) throws(ThreadError) {
        condition.lock()
        defer { condition.unlock() }
        while members < count {
            let number = members, call = call
            try NewThread.start(oneOf: count) { [self] in serve(as: number, after: call) }
            members += 1
        }
    }

    private func serve(as number: Int, after call: Int) {
        var seen = call
        while let work = awaitCall(of: number, after: &seen) {
            work(number)
            condition.withLock {
                unfinished -= 1
                if unfinished == 0 { condition.broadcast() }
            }
        }
    }

    /// Waits for the next call that includes this member and returns its work; nil when the pool is dismissed.
    private func awaitCall(of number: Int, after seen: inout Int) -> ((Int) -> Void)? {
        condition.lock()
        defer { condition.unlock() }
        while !isDismissed {
            if call != seen {
                seen = call
                if number < called { return work }
            }
            condition.wait()
        }
        return nil
    }
}
