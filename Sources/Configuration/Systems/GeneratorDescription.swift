// The synthetic sequences of a system, as a value. The choice: a system includes the clips it was published with, so
// that a run needs no file.

import Model
import Shards

/// Clips generated on demand, and their number in each split.
package struct GeneratorDescription: Codable, Sendable, Equatable {
    package var kind: Kind

    /// The number of frames per sequence.
    package var frames: Int

    /// The height and width of a frame, in pixels.
    package var size: Int

    /// The number of training sequences per epoch.
    package var training: Int

    /// The numbers of validation and test sequences, which are the same in every epoch.
    package var validation, test: Int

    /// Whether every training epoch has new sequences.
    ///
    /// The generators of ConvLSTM-PyTorch, MindSpore ConvLSTM and OpenSTL make 10,000 new ones per epoch.
    package var fresh: Bool

    /// The seed of the clips, which does not depend on the seed of the run, so that runs can be compared.
    package var seed: UInt64

    package init(
        kind: Kind = .movingMNIST(MovingMNIST()), frames: Int = 20, size: Int = 64, training: Int = 10_000,
        validation: Int = 1000, test: Int = 1000, fresh: Bool = false, seed: UInt64 = 1
    ) {
        (self.kind, self.frames, self.size) = (kind, frames, size)
        (self.training, self.validation, self.test) = (training, validation, test)
        (self.fresh, self.seed) = (fresh, seed)
    }

    /// The shape of its frames, which have one channel.
    package var frame: FeatureShape { FeatureShape(height: size, width: size, channels: 1) }

    /// The kind of moving objects.
    package enum Kind: Sendable, Equatable {
        case movingMNIST(MovingMNIST)
        case movingSquares(MovingSquares)

        /// Cells of rain in mm/h that move, grow and die under the mask of one or two radars.
        case rain
    }

    /// Digits that bounce off the walls of a black canvas.
    package struct MovingMNIST: Codable, Sendable, Equatable {
        /// The number of digits per sequence.
        package var digits = 2

        package var motion = DigitMotion.canonical

        package init(digits: Int = 2, motion: DigitMotion = .canonical) {
            (self.digits, self.motion) = (digits, motion)
        }
    }

    /// Squares that move straight on, from Keras 2.1.0, examples/conv_lstm.py.
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

/// The form in a file is a mapping with one key, which names the kind.
extension GeneratorDescription.Kind: Codable {
    private enum Key: String, CodingKey, CaseIterable { case movingMNIST, movingSquares, rain }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        self =
            switch try values.onlyKey {
            case .movingMNIST:
                .movingMNIST(try values.decode(GeneratorDescription.MovingMNIST.self, forKey: .movingMNIST))
            case .movingSquares:
                .movingSquares(try values.decode(GeneratorDescription.MovingSquares.self, forKey: .movingSquares))
            case .rain: .rain
            }
    }

    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Key.self)
        switch self {
        case .movingMNIST(let it): try values.encode(it, forKey: .movingMNIST)
        case .movingSquares(let it): try values.encode(it, forKey: .movingSquares)
        case .rain: _ = values.nestedContainer(keyedBy: Key.self, forKey: .rain)
        }
    }
}
