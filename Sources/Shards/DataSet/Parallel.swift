// A parallel loop. The choice: results are returned in index order, so that they never depend on the number of threads.
// The caller is one of the threads, so that the loop completes even if no other thread can be started.

import Foundation
import Platform
import Synchronization

enum Parallel {
    /// `body(0) ... body(count - 1)`, computed on up to one thread per core; throws the first error.
    static func map<Result: Sendable>(
        _ count: Int, _ body: @escaping @Sendable (Int) throws -> Result
    ) throws -> [Result] {
        let loop = Loop(count, body), wanted = min(count, ProcessInfo.processInfo.activeProcessorCount)
        var helpers = 0
        while helpers < wanted - 1, (try? NewThread.start(oneOf: wanted, loop.help)) != nil { helpers += 1 }
        loop.work()
        loop.awaitEnd(of: helpers)
        return try loop.results.withLock { try $0.map { try $0!.get() } }
    }
}

/// The shared state of the threads: the indices, each handed out once, and the results.
private final class Loop<Output: Sendable>: Sendable {
    let results: Mutex<[Result<Output, any Error>?]>
    private let count: Int
    private let body: @Sendable (Int) throws -> Output
    private let next = Atomic(0)
    private let ends = DispatchSemaphore(value: 0)

    init(_ count: Int, _ body: @escaping @Sendable (Int) throws -> Output) {
        (self.count, self.body) = (count, body)
        results = Mutex([Result<Output, any Error>?](repeating: nil, count: count))
    }

    func work() {
        while true {
            let number = next.add(1, ordering: .relaxed).oldValue
            guard number < count else { return }
            let result = Result { try body(number) }
            results.withLock { $0[number] = result }
        }
    }

    /// Does the same work on another thread.
    func help() {
        work()
        ends.signal()
    }

    func awaitEnd(of helpers: Int) { for _ in 0..<helpers { ends.wait() } }
}
