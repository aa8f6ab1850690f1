// An image in memory, for pictures that are written and frames of clips that are read.

/// An image of gray or RGB pixels with eight bits per channel.
package struct Picture: Equatable, Sendable {
    package var width: Int
    package var height: Int
    /// The number of channels: 1 for gray, 3 for RGB.
    package var channels: Int
    /// Pixels of shape (height, width, channels), 0 to 255.
    package var pixels: [UInt8]

    package init(width: Int, height: Int, channels: Int, pixels: [UInt8]) {
        precondition(channels == 1 || channels == 3, "a picture has 1 or 3 channels, not \(channels)")
        precondition(pixels.count == width * height * channels, "pixels and extents disagree")
        (self.width, self.height, self.channels, self.pixels) = (width, height, channels, pixels)
    }

    /// The luma of colors with the weights of ITU-R BT.601, as other tools compute it; gray is returned as is.
    package var gray: Picture {
        guard channels == 3 else { return self }
        let greys = (0..<width * height).map { pixel in
            let (red, green, blue) = (Int(pixels[3 * pixel]), Int(pixels[3 * pixel + 1]), Int(pixels[3 * pixel + 2]))
            return UInt8((19_595 * red + 38_470 * green + 7471 * blue + 32_768) >> 16)
        }
        return Picture(width: width, height: height, channels: 1, pixels: greys)
    }
}
