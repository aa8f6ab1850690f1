// The limits of a generator's numbers.

import Shards

extension GeneratorDescription {
    /// The same limit as in `convlstm-shard generate`, because an epoch's order is held in memory.
    private static let mostSequences = 10_000_000

    /// Throws a usage error about the first number that is out of bounds.
    package func check() throws(TrainingError) {
        var limits = [
            ("frames", frames, 1...SequenceGeometry.mostFrames), ("size", size, 8...SequenceGeometry.largestSide),
            ("training", training, 1...Self.mostSequences), ("validation", validation, 0...Self.mostSequences),
            ("test", test, 0...Self.mostSequences),
        ]
        if case .movingMNIST(let kind) = kind { limits.append(("kind.movingMNIST.digits", kind.digits, 1...100)) }
        for (name, value, range) in limits where !range.contains(value) {
            throw .usage(
                "model.sequences.generator.\(name) is \(value) and must be from \(range.lowerBound) to "
                    + "\(range.upperBound); change it in the --config file")
        }
        guard frames * size * size <= SequenceGeometry.mostElements else {
            throw .usage(
                "model.sequences.generator makes sequences of more than \(SequenceGeometry.mostElements) numbers; lower "
                    + "its frames or size in the --config file")
        }
    }
}
