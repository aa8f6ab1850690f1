// How long the ranks take to add up a vector. The choice: every size is measured as the training loop does it, with all
// ranks beginning together and the slowest one's time counting.

import Platform
import Supervision
import Distribution
import Collectives
import Kernels

/// Times of all-reduces over the ranks of a job.
package struct AllReduceMeasurement: Codable, Sendable {
    /// A vector's bytes, and the median time in seconds.
    package struct Row: Codable, Sendable {
        package let bytes: Int
        package let seconds: Double
    }

    /// By rising size, the last of them the gradient's. Empty for one rank.
    package let rows: [Row]

    /// Seconds for the gradient added up in the order of fixed virtual ranks, a virtual rank a rank; nil for one rank.
    package let orderedSeconds: Double?

    /// Seconds for the gradient sent in 16 bits a number; nil for one rank.
    package let roundedSeconds: Double?

    /// Seconds in which one rank's threads add the numbers of a byte to others: the model's gamma.
    package let secondsPerSum: Double

    /// nil for one rank.
    package var fit: AllReduceFit? {
        rows.isEmpty ? nil : AllReduceFit(rows.map { ($0.bytes, $0.seconds) })
    }

    /// Measures as one rank of a job. Collective.
    ///
    /// - Parameters:
    ///   - count: numbers of the gradient.
    ///   - threads: of each rank, which add up.
    package static func measured(
        on communicator: any Communicator, count: Int, threads: Int
    ) throws -> AllReduceMeasurement {
        let pool = try ThreadPool(threads), vector = Tensor<Float>(count), other = Tensor<Float>(count)
        let gradient = count * MemoryLayout<Float>.stride, alone = SoloCommunicator()
        other.fill(1)
        let secondsPerSum = try seconds(on: alone) { pool.add(other, accumulatingInto: vector) } / Double(gradient)
        guard communicator.size > 1 else {
            return AllReduceMeasurement(
                rows: [], orderedSeconds: nil, roundedSeconds: nil, secondsPerSum: secondsPerSum)
        }

        vector.fill(0)
        let rows = try sizes(upTo: count).map { size in
            let part = vector[0..<size]
            let seconds = try seconds(on: communicator) {
                var numbers = part.mutableSpan
                try communicator.allReduce(&numbers)
            }
            return Row(bytes: size * MemoryLayout<Float>.stride, seconds: seconds)
        }
        let virtualRanks = try VirtualRanks(communicator.size, rank: communicator.rank, ranks: communicator.size)
        let ordered = OrderedSum(communicator, virtualRanks, on: pool, count: count)
        let orderedSeconds = try seconds(on: communicator) { try ordered.sum([vector], into: vector) }
        let rounded = RoundedSum(communicator, on: pool, count: count)
        let roundedSeconds = try seconds(on: communicator) { try rounded.sum(vector) }
        return AllReduceMeasurement(
            rows: rows, orderedSeconds: orderedSeconds, roundedSeconds: roundedSeconds, secondsPerSum: secondsPerSum)
    }

    /// Numbers of the vectors: from 1 kB on, each four times the one before, and at last the gradient's.
    package static func sizes(upTo count: Int) -> [Int] {
        let smaller = sequence(first: 256) { $0 * 4 }.prefix { $0 < count }
        return smaller + [count]
    }

    /// The median of some repetitions: as many on every rank, for a fifth of a second, but from 5 to 100.
    private static func seconds(on communicator: any Communicator, _ body: () throws -> Void) throws -> Double {
        func once() throws -> Double {
            try communicator.barrier()
            let start = now()
            try body()
            return now() - start
        }
        _ = try once()
        let first = try communicator.allReduceMax(once())
        let repetitions = min(100, max(5, Int(0.2 / max(first, 1e-6))))
        var times = try (0..<repetitions).map { _ in try once() }
        try communicator.allReduceMax(&times)
        return times.median
    }
}
