// Which part of a frame a network sees, and in which orientation. The choice: values of the system, so that a network that
// was trained on crops knows how it was trained.

import Model

/// Crops for training: at each epoch another window of every sequence, a function of seed, epoch and sequence.
package struct CropDescription: Codable, Sendable, Equatable {
    package var height, width: Int

    /// The windows that are worth training on; nil for any.
    package var wet: WetDescription?

    package init(height: Int, width: Int, wet: WetDescription? = nil) {
        (self.height, self.width, self.wet) = (height, width, wet)
    }
}

/// Windows with rain: the first of some drawn ones with so large a share of wet pixels, otherwise the wettest of them.
package struct WetDescription: Codable, Sendable, Equatable {
    /// The value from which a pixel is wet, in the unit of the data.
    package var above: Double

    /// The share of wet pixels among all pixels of the window's frames.
    package var share: Double

    /// How many windows are drawn at most.
    package var draws = 8

    package init(above: Double, share: Double, draws: Int = 8) {
        (self.above, self.share, self.draws) = (above, share, draws)
    }
}

/// The size to which frames are padded, with missing pixels, below and on the right.
package struct PaddingDescription: Codable, Sendable, Equatable {
    package var height, width: Int

    package init(height: Int, width: Int) { (self.height, self.width) = (height, width) }
}

/// Orientations of training sequences, drawn anew for each epoch.
package struct AugmentationDescription: Codable, Sendable, Equatable {
    /// Whether half of the sequences are mirrored left to right, and half top to bottom.
    package var flips = true

    /// Whether they are turned by a multiple of 90 degrees, too; for square windows.
    package var quarterTurns = false

    package init(flips: Bool = true, quarterTurns: Bool = false) {
        (self.flips, self.quarterTurns) = (flips, quarterTurns)
    }
}

extension WetDescription {
    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            above: try values.decode(Double.self, forKey: .above),
            share: try values.decode(Double.self, forKey: .share),
            draws: try values.decode(.draws, or: 8))
    }
}

extension AugmentationDescription {
    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            flips: try values.decode(.flips, or: true), quarterTurns: try values.decode(.quarterTurns, or: false))
    }
}
