// Which frames a training step reads as they are. The choice: a pure function of (seed, step, place in the global
// batch), so that the number of ranks cannot change it.

import Configuration
import Randomness

/// Draws for each frame after the input whether it is the true one.
package struct FrameSampling: Sendable {
    private let description: SamplingDescription
    private let seed: UInt64

    package init(_ description: SamplingDescription, seed: UInt64) {
        (self.description, self.seed) = (description, seed)
    }

    /// Row-major (frames, places), as `UnrolledNetwork.readsTrueFrames` wants it.
    ///
    /// - Parameters:
    ///   - step: the updates made before.
    ///   - places: of the global batch.
    package func readsTrueFrames(step: Int, places: Range<Int>, frames: Int) -> [Bool] {
        let probability = description.probability(step: step)
        var reads = [Bool](repeating: false, count: frames * places.count)
        for (column, place) in places.enumerated() {
            var stream = RandomStream(seed, Self.purpose, UInt64(step), UInt64(place))
            for frame in 0..<frames { reads[frame * places.count + column] = stream.uniform() < probability }
        }
        return reads
    }

    /// Keeps these streams apart from others of the same seed: the letters of "sample".
    private static let purpose: UInt64 = 0x7361_6D70_6C65
}
