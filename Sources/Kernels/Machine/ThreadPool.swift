// The threads of this process. The choice: the caller works too, the others sleep until it calls, and whatever they
// share is numbered, so that no result depends on how many there are. OpenBLAS never starts threads of its own beside
// them.

import Foundation
import Platform
import Synchronization

/// Threads that wait for work as long as their thread pool lives. It serves one caller at a time.
package final class ThreadPool {
    /// Threads that are to compute at once, the caller's among them.
    package let size: Int

    private let workers = Workers()

    /// Throws where the system has not so many threads, or no memory for what they multiply.
    package init(_ size: Int) throws {
        precondition(size > 0, "a thread pool of \(size)")
        self.size = size
        BLASLibrary.useOneThread()
        try BLASLibrary.reserve(threads: size)
        try prepare(for: size)
    }

    /// The caller's thread alone, for what multiplies no matrices.
    package init() { size = 1 }

    deinit { workers.dismiss() }

    /// Starts the threads that bodies need which wait for each other and are more than `size`.
    package func prepare(for count: Int) throws(ThreadError) { try workers.enlist(upTo: count) }

    /// `body(0) ... body(count - 1)`, each on a thread of its own, the first on the caller's; throws the error of the
    /// lowest number once all have ended. There are as many threads as `size` says, or `prepare` was asked for.
    package func run<Failure: Error>(
        _ count: Int, _ body: @escaping (Int) throws(Failure) -> Void
    ) throws(Failure) {
        let first = FirstFailure<Failure>()
        workers.call(count) { number in
            do throws(Failure) { try body(number) } catch { first.note(error, of: number) }
        }
        if let error = first.error { throw error }
    }

    /// `body(0) ... body(count - 1)` in no particular order, by as many threads as the thread pool has.
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

/// Numbers that several threads take, each once.
private final class Counter: Sendable {
    private let next = Atomic(0)

    func taken() -> Int { next.add(1, ordering: .relaxed).oldValue }
}

/// The error of the lowest of several numbers.
private final class FirstFailure<Failure: Error>: @unchecked Sendable {
    private let lock = NSLock()
    private var found: (number: Int, error: Failure)?

    func note(_ error: Failure, of number: Int) {
        lock.withLock { if number < found?.number ?? .max { found = (number, error) } }
    }

    var error: Failure? { lock.withLock { found?.error } }
}

/// What the threads of a thread pool know of each other; its lock guards everything in it.
private final class Workers: @unchecked Sendable {
    private let condition = NSCondition()

    /// Threads that exist, the caller's included.
    private var members = 1

    /// The work of the current call, for members below `called`.
    private var work: ((Int) -> Void)?
    private var called = 0

    /// Counts calls.
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

    /// The work of the next call that wants a member; nil when the thread pool is dismissed.
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
