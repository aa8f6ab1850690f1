// The duration of all-reduces. The choice: every size is measured as in the training loop: all ranks begin
// together, and the time of the slowest one counts.

import Platform
import Supervision
import Distribution
import Collectives
import Kernels

/// The durations of all-reduces over the ranks of a job.
package struct AllReduceMeasurement: Codable, Sendable {
    /// The bytes of a vector, and the median time in seconds.
    package struct Row: Codable, Sendable {
        package let bytes: Int
        package let seconds: Double
    }

    /// The measurements by increasing size, the last for the size of the gradient. Empty for one rank.
    package let rows: [Row]

    /// The seconds to sum the gradient in the order of fixed virtual ranks, with one virtual rank per rank; nil for
    /// one rank.
    package let orderedSeconds: Double?

    /// The seconds to sum the gradient with 16 bits per element; nil for one rank.
    package let roundedSeconds: Double?

    /// The seconds per byte in which one rank's threads add the elements of a vector to another: the model's gamma.
    package let secondsPerSum: Double

    /// The linear fit of the measurements; nil for one rank.
    package var fit: AllReduceFit? {
        rows.isEmpty ? nil : AllReduceFit(rows.map { ($0.bytes, $0.seconds) })
    }

    /// Measures as one rank of a job. Collective.
    ///
    /// - Parameters:
    ///   - count: the number of elements of the gradient.
    ///   - threads: the number of threads of each rank, which add the vectors.
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

    /// The numbers of elements of the vectors: from 1 kB on, each four times the one before, and finally the
    /// gradient's.
    package static func sizes(upTo count: Int) -> [Int] {
        let smaller = sequence(first: 256) { $0 * 4 }.prefix { $0 < count }
        return smaller + [count]
    }

    /// The median of repeated calls: the same number on every rank, for a fifth of a second, but from 5 to 100.
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
