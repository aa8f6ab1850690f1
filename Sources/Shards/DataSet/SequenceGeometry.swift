// What a sequence of frames is made of. The choice: one order everywhere, (frames, height, width, channels).

import Formats

/// The extents of a video sequence.
package struct SequenceGeometry: Codable, Equatable, Sendable, CustomStringConvertible {
    package var frames: Int
    package var height: Int
    package var width: Int
    package var channels: Int

    package init(frames: Int, height: Int, width: Int, channels: Int) {
        (self.frames, self.height, self.width, self.channels) = (frames, height, width, channels)
    }

    /// Numbers in one frame.
    package var frameElements: Int { height * width * channels }
    /// Numbers in one sequence.
    package var elements: Int { frames * frameElements }

    /// Limits for clips that the program makes.
    package static let mostFrames = 10_000, largestSide = 4096
    /// What a shard takes as floats.
    package static let mostElements = SeekableZstdWriter.largestFrame / 4

    /// As numpy shows the shape of one sequence; a single channel is no axis.
    package var shape: [Int] { [frames, height, width] + (channels == 1 ? [] : [channels]) }

    package var description: String { "\(frames) frame\(frames == 1 ? "" : "s") of \(height) x \(width) x \(channels)" }
}

/// What the numbers of stored sequences are.
package enum ElementType: String, Codable, Sendable {
    case uint8, float32

    /// Bytes per number.
    package var size: Int { self == .uint8 ? 1 : 4 }
}
