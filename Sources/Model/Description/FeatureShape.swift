// The shape of a feature map or a frame.

/// The height, width and channels of a feature map.
package struct FeatureShape: Codable, Sendable, Equatable, CustomStringConvertible {
    package var height, width, channels: Int

    package init(height: Int, width: Int, channels: Int) {
        (self.height, self.width, self.channels) = (height, width, channels)
    }

    package var pixels: Int { height * width }
    package var count: Int { height * width * channels }
    package var description: String { "\(height) x \(width) x \(channels)" }

    func with(channels: Int) -> FeatureShape {
        FeatureShape(height: height, width: width, channels: channels)
    }
}
