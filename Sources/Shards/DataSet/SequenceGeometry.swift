// The extents of a sequence of frames. The choice: one axis order everywhere, (frames, height, width, channels).

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

    /// The number of elements per frame.
    package var frameElements: Int { height * width * channels }
    /// The number of elements per sequence.
    package var elements: Int { frames * frameElements }

    /// The limits for generated clips.
    package static let mostFrames = 10_000, largestSide = 4096
    /// The largest number of floats per sequence that fits in a shard.
    package static let mostElements = SeekableZstdWriter.largestFrame / 4

    /// The numpy shape of one sequence; a single channel has no axis.
    package var shape: [Int] { [frames, height, width] + (channels == 1 ? [] : [channels]) }

    package var description: String { "\(frames) frame\(frames == 1 ? "" : "s") of \(height) x \(width) x \(channels)" }
}
