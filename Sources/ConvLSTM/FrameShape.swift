// The size of a frame, as callers write it.

import Model

/// The height, width and channels of a frame.
public struct FrameShape: Sendable, Hashable, Codable, CustomStringConvertible {
    /// The number of rows of pixels.
    public var height: Int

    /// The number of columns of pixels.
    public var width: Int

    /// The number of values of a pixel: 1 for grayscale, 3 for color.
    public var channels: Int

    /// Creates the shape of frames of `height` rows, `width` columns and `channels` values per pixel.
    ///
    /// Any numbers are accepted here; ``VideoModel/init(_:frame:seed:)`` throws if there are no such frames.
    public init(height: Int, width: Int, channels: Int = 1) {
        (self.height, self.width, self.channels) = (height, width, channels)
    }

    /// The shape in words, such as "64 x 64 x 1".
    public var description: String { "\(height) x \(width) x \(channels)" }

    /// The largest number of values of a frame, that of a picture of 4096 x 4096.
    private static let mostValues = 1 << 24

    /// The number of values of a frame; nil where there are none, or too many.
    var valueCount: Int? {
        let sides = [height, width, channels]
        guard sides.allSatisfy({ (1...Self.mostValues).contains($0) }) else { return nil }
        let values = sides.reduce(1.0) { $0 * Double($1) }
        return values <= Double(Self.mostValues) ? height * width * channels : nil
    }

    /// Throws unless there are such frames.
    func check() throws(ConvLSTMError) {
        guard valueCount != nil else {
            throw ConvLSTMError(
                "there are no frames of \(self); give a height, a width and channels of at least 1, and at most "
                    + "\(Self.mostValues) values in all")
        }
    }

    /// The same shape as the networks write it.
    package var feature: FeatureShape { FeatureShape(height: height, width: width, channels: channels) }
}
