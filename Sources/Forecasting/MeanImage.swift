// The mean frame of a data set, a baseline. The choice: values are rounded to whole multiples of a power of two before they
// are added, so that the sums are exact, and depend on no order.

import Collectives
import Kernels
import Platform
import Shards
import Synchronization

/// The mean over all frames of some sequences.
package enum MeanImage {
    /// The mean in raw values (height, width, channels), NaN where a pixel is always missing; nil for no sequences.
    /// Collective: ranks and threads share the reading.
    ///
    /// Values are rounded to multiples of 2^-30 of the largest one's power of two, so that sums of up to 2^23 of
    /// them are exact.
    package static func over(
        _ source: any SequenceSource, _ sequences: Range<Int>, communicator: any Communicator,
        on pool: ThreadPool = ThreadPool()
    ) throws -> [Float]? {
        guard !sequences.isEmpty else { return nil }
        let pixels = source.geometry.frameElements, range = source.valueRange
        let unit = Double(max(abs(range.lowerBound), abs(range.upperBound), .leastNormalMagnitude)).binade * 0x1p-29
        let own = sequences.part(communicator.rank, of: communicator.size)
        let parts = own.nonemptyParts(atMost: pool.size)
        let total = Mutex([Double](repeating: 0, count: 2 * pixels))
        try pool.run(parts.count) { thread in
            var sums = [Double](repeating: 0, count: 2 * pixels)
            for number in parts[thread] { add(try source.sequence(number), in: unit, to: &sums) }
            total.withLock { total in for i in sums.indices { total[i] += sums[i] } }
        }
        var sums = total.withLock { $0 }
        try communicator.allReduce(&sums)
        return (0..<pixels).map { Float(sums[$0] * unit / sums[pixels + $0]) }
    }

    /// Adds each frame of a sequence: the values of its pixels, as multiples of a unit, then how many there are.
    private static func add(_ values: [Float], in unit: Double, to sums: inout [Double]) {
        let pixels = sums.count / 2
        for first in stride(from: 0, to: values.count, by: pixels) {
            let frame = values.span.extracting(first..<first + pixels)
            for i in frame.indices where !frame[i].isNaN {
                sums[i] += (Double(frame[i]) / unit).rounded()
                sums[pixels + i] += 1
            }
        }
    }
}
