// The sequences that the program makes by itself, as a value. The choice: a system carries the clips it was published
// with, so that a run needs no file.

import Model
import Shards

/// Clips made as they are asked for, and how many there are for each use.
package struct GeneratorDescription: Codable, Sendable, Equatable {
    package var kind: Kind

    /// Frames of a sequence.
    package var frames: Int

    /// Height and width of a frame.
    package var size: Int

    /// Sequences of an epoch of training.
    package var training: Int

    /// Sequences to validate and to test, the same in every epoch.
    package var validation, test: Int

    /// Whether every epoch of training has sequences of its own.
    ///
    /// The generators of ConvLSTM-PyTorch, MindSpore ConvLSTM and OpenSTL make 10,000 new ones for each.
    package var fresh: Bool

    /// The same seed makes the same clips, whatever the seed of the run, so that runs compare.
    package var seed: UInt64

    package init(
        kind: Kind = .movingMNIST(MovingMNIST()), frames: Int = 20, size: Int = 64, training: Int = 10_000,
        validation: Int = 1000, test: Int = 1000, fresh: Bool = false, seed: UInt64 = 1
    ) {
        (self.kind, self.frames, self.size) = (kind, frames, size)
        (self.training, self.validation, self.test) = (training, validation, test)
        (self.fresh, self.seed) = (fresh, seed)
    }

    /// The size of its frames, which have one channel.
    package var frame: FeatureShape { FeatureShape(height: size, width: size, channels: 1) }

    /// What moves.
    package enum Kind: Sendable, Equatable {
        case movingMNIST(MovingMNIST)
        case movingSquares(MovingSquares)
    }

    /// Digits that bounce off the walls of a black canvas.
    package struct MovingMNIST: Codable, Sendable, Equatable {
        /// Digits of a sequence.
        package var digits = 2

        package var motion = DigitMotion.canonical

        package init(digits: Int = 2, motion: DigitMotion = .canonical) {
            (self.digits, self.motion) = (digits, motion)
        }
    }

    /// Squares that move straight on: Keras 2.1.0, examples/conv_lstm.py.
    package struct MovingSquares: Codable, Sendable, Equatable {
        package var view = MovingSquaresGenerator.View.noisy

        package init(view: MovingSquaresGenerator.View = .noisy) { self.view = view }
    }
}

extension GeneratorDescription {
    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self), standard = GeneratorDescription()
        kind = try values.decode(.kind, or: standard.kind)
        frames = try values.decode(.frames, or: standard.frames)
        size = try values.decode(.size, or: standard.size)
        training = try values.decode(.training, or: standard.training)
        validation = try values.decode(.validation, or: standard.validation)
        test = try values.decode(.test, or: standard.test)
        fresh = try values.decode(.fresh, or: standard.fresh)
        seed = try values.decode(.seed, or: standard.seed)
    }
}

extension GeneratorDescription.MovingMNIST {
    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(digits: try values.decode(.digits, or: 2), motion: try values.decode(.motion, or: .canonical))
    }
}

extension GeneratorDescription.MovingSquares {
    package init(from decoder: any Decoder) throws {
        view = try decoder.container(keyedBy: CodingKeys.self).decode(.view, or: .noisy)
    }
}

/// In a file: a mapping of one key, which says what moves.
extension GeneratorDescription.Kind: Codable {
    private enum Key: String, CodingKey, CaseIterable { case movingMNIST, movingSquares }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        self =
            switch try values.onlyKey {
            case .movingMNIST:
                .movingMNIST(try values.decode(GeneratorDescription.MovingMNIST.self, forKey: .movingMNIST))
            case .movingSquares:
                .movingSquares(try values.decode(GeneratorDescription.MovingSquares.self, forKey: .movingSquares))
            }
    }

    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Key.self)
        switch self {
        case .movingMNIST(let it): try values.encode(it, forKey: .movingMNIST)
        case .movingSquares(let it): try values.encode(it, forKey: .movingSquares)
        }
    }
}
