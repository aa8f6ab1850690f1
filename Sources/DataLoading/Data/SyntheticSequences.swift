// Builds a generator from its description. The choice: this is the only code that maps descriptions to generators,
// which do not know about models.

import Configuration
import Shards

/// The synthetic sequences of a generator, and their training, validation and test splits.
struct SyntheticSequences {
    let description: GeneratorDescription
    let source: any SequenceSource
    let splits: [SplitRange]

    /// A description of the moving objects for messages.
    let inWords: String

    /// - Parameter digits: an idx file; nil for digits that the program draws.
    /// - Throws: a usage error naming the first value that is impossible, and the errors of the file.
    init(_ description: GeneratorDescription, digits file: String?) throws {
        try description.check()
        self.description = description
        let total = description.training + description.validation + description.test
        splits = try SplitRange.ranges(
            total: total, validation: HeldBack(count: description.validation), test: HeldBack(count: description.test))
        switch description.kind {
        case .movingMNIST(let kind):
            source = try Self.movingMNIST(kind, description, count: total, digits: file)
            inWords = "\(kind.digits) moving digits"
        case .movingSquares(let kind):
            source = Self.movingSquares(kind.view, description, count: total)
            inWords = "moving squares"
        case .rain:
            source = RainGenerator(
                frames: description.frames, size: description.size, count: total, seed: description.seed)
            inWords = "rain in mm/h"
        }
    }

    private static func movingMNIST(
        _ kind: GeneratorDescription.MovingMNIST, _ description: GeneratorDescription, count: Int, digits file: String?
    ) throws -> MovingMNISTGenerator {
        return try MovingMNISTGenerator(
            digits: try file.map(DigitBitmaps.init(idx:)) ?? .drawn(seed: description.seed),
            digitsPerSequence: kind.digits, motion: kind.motion, frames: description.frames, size: description.size,
            count: count, seed: description.seed)
    }

    private static func movingSquares(
        _ view: MovingSquaresGenerator.View, _ description: GeneratorDescription, count: Int
    ) -> any SequenceSource {
        func clips(_ view: MovingSquaresGenerator.View) -> MovingSquaresGenerator {
            MovingSquaresGenerator(
                view: view, frames: description.frames, size: description.size, count: count, seed: description.seed)
        }
        return switch view {
        case .noisy: PairedSource(truth: clips(.clean), inputs: clips(.noisy))
        case .clean: clips(.clean)
        case .shifted: clips(.shifted)
        }
    }
}
