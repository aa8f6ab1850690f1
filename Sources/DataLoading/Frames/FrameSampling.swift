// Scheduled sampling: which ground-truth frames a training step reads. The choice: a pure function of (seed, step,
// index in the global batch), so that the number of ranks cannot change it.

import Configuration
import Randomness

/// Draws, for each frame after the input, whether the network reads the ground truth.
package struct FrameSampling: Sendable {
    private let description: SamplingDescription
    private let seed: UInt64

    package init(_ description: SamplingDescription, seed: UInt64) {
        (self.description, self.seed) = (description, seed)
    }

    /// Returns the choices, row-major (frames, places), as `UnrolledNetwork.readsTrueFrames` expects them.
    ///
    /// - Parameters:
    ///   - step: the number of updates made before.
    ///   - places: the indices in the global batch.
    package func readsTrueFrames(step: Int, places: Range<Int>, frames: Int) -> [Bool] {
        let probability = description.probability(step: step)
        var reads = [Bool](repeating: false, count: frames * places.count)
        for (column, place) in places.enumerated() {
            var stream = RandomStream(seed, Self.purpose, UInt64(step), UInt64(place))
            for frame in 0..<frames { reads[frame * places.count + column] = stream.uniform() < probability }
        }
        return reads
    }

    /// Separates these random streams from others of the same seed: the letters of "sample".
    private static let purpose: UInt64 = 0x7361_6D70_6C65
}
