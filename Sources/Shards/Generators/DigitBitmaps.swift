// The digits that move: MNIST's own from a file, or ones drawn here. The choice: bytes of one square size in one array,
// whoever made them.

import Formats

/// Square gray images of digits.
package struct DigitBitmaps: Sendable {
    package let count: Int
    /// Rows and columns of each image.
    package let side: Int
    /// (count, side, side), 0 to 255.
    package let pixels: [UInt8]

    init(count: Int, side: Int, pixels: [UInt8]) {
        (self.count, self.side, self.pixels) = (count, side, pixels)
    }

    /// The images of an idx3-ubyte file, gzipped or not.
    package init(idx path: String) throws {
        let images = try IdxImages(path: path)
        guard images.height == images.width else {
            throw ShardError("\(path) holds images of \(images.height) x \(images.width); name a file of square ones")
        }
        self.init(count: images.count, side: images.height, pixels: images.pixels)
    }
}

extension DigitBitmaps {
    /// An image of (side, side), enlarged where that is more than its own size.
    ///
    /// Between pixels it is linear, in units of whole gray levels as Pillow's bilinear filter is when it enlarges.
    func image(_ index: Int, side target: Int) -> [UInt8] {
        let image = [UInt8](pixels[index * side * side..<(index + 1) * side * side])
        guard target > side else { return image }
        let rows = enlarged(image, to: target, elementStride: 1, lineStride: side, lines: side)
        return enlarged(rows, to: target, elementStride: target, lineStride: 1, lines: target)
    }

    /// Lines of `side` pixels, made `target` long and laid out as they came.
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
