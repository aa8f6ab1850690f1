// Sequences of noise for benchmarks. The choice: a few are drawn once, at the first read, and kept in memory, so that
// neither files nor a generator affect the measurement, and nothing is drawn before memory was asked for.

import Model
import Randomness
import Configuration
import Shards
import Synchronization

/// Values uniform in [0, 1), in the frame size of a model. Indices beyond the last sequence wrap around.
final class NoiseSequences: SequenceSource {
    let geometry: SequenceGeometry
    let count: Int
    var valueRange: ClosedRange<Float> { 0...1 }
    private let drawn = Mutex<[Float]>([])

    /// Sequences with as many frames of the model's own size as it reads and forecasts.
    init(for model: SystemDescription, count: Int) {
        let frame = model.sequences.generator.frame
        geometry = SequenceGeometry(
            frames: model.sequences.frames, height: frame.height, width: frame.width, channels: frame.channels)
        self.count = count
    }

    func read(sequence: Int, into values: inout MutableSpan<Float>) {
        let noise = noise, first = sequence % count * geometry.elements
        for i in values.indices { values[i] = noise[first + i] }
    }

    /// The elements of all sequences.
    private var noise: [Float] {
        drawn.withLock { drawn in
            if drawn.isEmpty {
                var stream = RandomStream(1, Self.purpose)
                drawn = (0..<count * geometry.elements).map { _ in Float(stream.uniform()) }
            }
            return drawn
        }
    }

    /// Separates the random stream from others: the letters of "noise".
    private static let purpose: UInt64 = 0x6E6F_6973_65
}
