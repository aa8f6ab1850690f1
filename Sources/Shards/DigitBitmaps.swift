// The digits that move: MNIST's own from a file, or ones drawn here. The choice: bytes of one square size in one array,
// whoever made them.

import Formats

/// Square grey images of digits.
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
