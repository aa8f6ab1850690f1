// Images of digits: MNIST's from a file, or drawn ones. The choice: square images of one size in one byte array,
// whatever their source.

import Formats

/// Square gray images of digits.
package struct DigitBitmaps: Sendable {
    package let count: Int
    /// The height and width of each image, in pixels.
    package let side: Int
    /// Pixels of shape (count, side, side), 0 to 255.
    package let pixels: [UInt8]

    init(count: Int, side: Int, pixels: [UInt8]) {
        (self.count, self.side, self.pixels) = (count, side, pixels)
    }

    /// Reads the images of an idx3-ubyte file, gzipped or not.
    package init(idx path: String) throws {
        let images = try IdxImages(path: path)
        guard images.height == images.width else {
            throw ShardError("\(path) holds images of \(images.height) x \(images.width); name a file of square ones")
        }
        self.init(count: images.count, side: images.height, pixels: images.pixels)
    }
}

extension DigitBitmaps {
    /// An image of shape (side, side), enlarged if `target` is larger than its own size.
    ///
    /// Interpolation is bilinear and rounds to whole gray levels, like Pillow's bilinear filter when it enlarges.
    func image(_ index: Int, side target: Int) -> [UInt8] {
        let image = [UInt8](pixels[index * side * side..<(index + 1) * side * side])
        guard target > side else { return image }
        let rows = enlarged(image, to: target, elementStride: 1, lineStride: side, lines: side)
        return enlarged(rows, to: target, elementStride: target, lineStride: 1, lines: target)
    }

    /// Resizes lines of `side` pixels to `target` pixels, in the same layout.
    private func enlarged(
        _ image: [UInt8], to target: Int, elementStride: Int, lineStride: Int, lines: Int
    ) -> [UInt8] {
        let targetLineStride = lineStride == 1 ? 1 : target
        var result = [UInt8](repeating: 0, count: target * lines)
        for pixel in 0..<target {
            let place = (Double(pixel) + 0.5) * Double(side) / Double(target) - 0.5
            let low = Int(place.rounded(.down)), weight = place - Double(low)
            let (before, after) = (max(0, low), min(side - 1, low + 1))
            for line in 0..<lines {
                let start = line * lineStride
                let value =
                    Double(image[start + before * elementStride]) * (1 - weight)
                    + Double(image[start + after * elementStride]) * weight
                result[line * targetLineStride + pixel * elementStride] = UInt8(value.rounded())
            }
        }
        return result
    }
}
