// A loop on several threads. The choice: results come back in the order of their numbers, so that nothing anyone sees
// depends on how many threads there were.

import Foundation
import Synchronization

enum Parallel {
    /// `body(0) ... body(count - 1)`, computed on up to as many threads as there are cores; throws the first error.
    static func map<Result: Sendable>(
        _ count: Int, _ body: @escaping @Sendable (Int) throws -> Result
    ) throws -> [Result] {
        let results = Mutex([Swift.Result<Result, any Error>?](repeating: nil, count: count))
        DispatchQueue.concurrentPerform(iterations: count) { index in
            let result = Swift.Result { try body(index) }
            results.withLock { $0[index] = result }
        }
        return try results.withLock { try $0.map { try $0!.get() } }
    }

    /// `range` in at most `count` contiguous pieces that differ in length by at most one.
    static func pieces(of range: Range<Int>, _ count: Int) -> [Range<Int>] {
        let count = min(count, range.count)
        return (0..<count).map { piece in
            range.lowerBound + range.count * piece / count..<range.lowerBound + range.count * (piece + 1) / count
        }
    }
}
