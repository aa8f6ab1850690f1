// Sequences of noise, for measuring. The choice: a few are drawn once and stay in memory, so that neither files nor a
// generator take part in what is measured.

import Model
import Randomness
import Configuration
import Shards

/// Numbers uniform in [0, 1), of the size that a system reads; beyond the last sequence the first comes again.
struct NoiseSequences: SequenceSource {
    let geometry: SequenceGeometry
    let count: Int
    var valueRange: ClosedRange<Float> { 0...1 }
    private let values: [Float]

    /// As many frames of a model's own size as it reads and gives.
    init(for model: SystemDescription, count: Int) {
        let frame = model.sequences.generator.frame
        geometry = SequenceGeometry(
            frames: model.sequences.frames, height: frame.height, width: frame.width, channels: frame.channels)
        self.count = count
        var stream = RandomStream(1, Self.purpose)
        values = (0..<count * geometry.elements).map { _ in Float(stream.uniform()) }
    }

    func read(sequence: Int, into values: inout MutableSpan<Float>) {
        let first = sequence % count * geometry.elements
        for i in values.indices { values[i] = self.values[first + i] }
    }

    /// Keeps the stream apart from others: the letters of "noise".
    private static let purpose: UInt64 = 0x6E6F_6973_65
}
