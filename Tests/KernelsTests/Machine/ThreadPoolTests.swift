import Foundation
import Kernels
import Synchronization
import Testing

@Suite struct ThreadPoolTests {
    private struct Planned: Error, Equatable { var number: Int }

    /// Bodies that wait for each other only end if each has a thread of its own, even if there are more than the pool's
    /// size.
    @Test(arguments: 1...3, [1, 2, 5]) func everyNumberHasAThreadOfItsOwn(size: Int, count: Int) throws {
        let pool = try ThreadPool(size), condition = NSCondition(), arrived = Mutex(0), threads = Mutex(Set<UInt>())
        try pool.prepare(for: count)
        for call in 1...3 {
            pool.run(count) { _ in
                condition.lock()
                arrived.withLock { $0 += 1 }
                condition.broadcast()
                while arrived.withLock({ $0 }) < call * count { condition.wait() }
                condition.unlock()
                threads.withLock { _ = $0.insert(UInt(pthread_self())) }
            }
        }
        #expect(arrived.withLock { $0 } == 3 * count)
        // The same threads serve every call, and the caller's is one of them.
        let seen = threads.withLock { $0 }
        #expect(seen.count == count && seen.contains(UInt(pthread_self())))
    }

    @Test(arguments: [1, 2, 4]) func everyNumberIsTakenOnce(size: Int) throws {
        let pool = try ThreadPool(size)
        for count in [0, 1, 3, 100] {
            let taken = Mutex([Int](repeating: 0, count: count))
            pool.forEach(count) { number in taken.withLock { $0[number] += 1 } }
            #expect(taken.withLock { $0 } == Array(repeating: 1, count: count))
        }
    }

    /// Of several errors the one with the lowest index is thrown, after all bodies have ended. The pool can still be
    /// used.
    @Test func theFirstErrorComesBackWhenAllHaveEnded() throws {
        let pool = try ThreadPool(4), ended = Mutex(0)
        for call in 1...20 {
            #expect(throws: Planned(number: 1)) {
                try pool.run(4) { number in
                    defer { ended.withLock { $0 += 1 } }
                    if number % 2 == 1 { throw Planned(number: number) }
                }
            }
            #expect(ended.withLock { $0 } == 4 * call)
        }
    }

    /// Blocks of 65,536 elements, each of another magnitude, so that the result depends on the order of the sums; the
    /// last block is partial.
    @Test func theNumberOfThreadsChangesNoBit() throws {
        let x = Tensor<Float>(1_000_003), y = Tensor<Float>(1_000_003)
        var numbers = x.mutableSpan
        for i in numbers.indices {
            let block = Float(1 + i / 65_536)
            numbers[i] = block * block * block / (3 + Float(i % 1013))
        }
        let alone = ThreadPool().sumOfSquares(x), limited = ThreadPool().sumOfSquares(x, within: 0.5)
        #expect(abs(alone - sumOfSquares(x)) < 1e-12 * alone && limited < alone)
        for size in 2...5 {
            let pool = try ThreadPool(size)
            #expect(pool.sumOfSquares(x) == alone && pool.sumOfSquares(x, within: 0.5) == limited)
            y.fill(1)
            pool.add(x, accumulatingInto: y)
            let (x, y) = (x.span, y.span)
            #expect(x.indices.allSatisfy { y[$0] == 1 + x[$0] })
        }
    }

    @Test func moreThreadsThanOpenBLASCanServeAreRefused() {
        #expect(throws: BLASMemoryError.tooManyThreads(600, most: 512)) { try BLASLibrary.reserve(threads: 600) }
    }

    @Test func openBLASStartsNoThreads() throws {
        _ = try ThreadPool(2)
        #expect(BLASLibrary.threads == 1)
    }
}
