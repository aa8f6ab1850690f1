// Pictures to PNG files through libpng's simplified interface. The choice: grey or RGB with eight bits a channel,
// encoded in memory first, so that a file appears whole or not at all.

import CPNG
import Formats

/// An image in memory.
package struct Picture: Equatable, Sendable {
    package var width: Int
    package var height: Int
    /// 1 for grey, 3 for red, green and blue.
    package var channels: Int
    /// (height, width, channels), 0 to 255.
    package var pixels: [UInt8]

    package init(width: Int, height: Int, channels: Int, pixels: [UInt8]) {
        precondition(channels == 1 || channels == 3, "a picture has 1 or 3 channels, not \(channels)")
        precondition(pixels.count == width * height * channels, "pixels and extents disagree")
        (self.width, self.height, self.channels, self.pixels) = (width, height, channels, pixels)
    }
}

package enum PNGFile {
    /// Throws `FormatError` when the picture is empty or too large for PNG, or the file cannot be written.
    package static func write(_ picture: Picture, to path: String) throws {
        let bytes = try encoded(picture, for: path)
        let file = try AtomicFile(path: path, expecting: bytes.count)
        try file.append(bytes.span)
        try file.commit()
    }

    private static func encoded(_ picture: Picture, for path: String) throws -> [UInt8] {
        var image = png_image()
        image.version = UInt32(PNG_IMAGE_VERSION)
        image.width = UInt32(picture.width)
        image.height = UInt32(picture.height)
        image.format = picture.channels == 1 ? UInt32(PNG_FORMAT_GRAY) : UInt32(PNG_FORMAT_RGB)
        defer { png_image_free(&image) }

        var size = png_alloc_size_t(0)
        try checked(png_image_write_to_memory(&image, nil, &size, 0, picture.pixels, 0, nil), image, path)
        return try [UInt8](unsafeUninitializedCapacity: size) { target, count in
            try checked(
                png_image_write_to_memory(&image, target.baseAddress, &size, 0, picture.pixels, 0, nil), image, path)
            count = size
        }
    }

    /// libpng's functions return 0 on failure and leave the reason in the image.
    private static func checked(_ success: Int32, _ image: png_image, _ path: String) throws {
        guard success == 0 else { return }
        let reason = withUnsafeBytes(of: image.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        throw FormatError(path, "could not be encoded (\(reason))", "make a smaller picture")
    }
}
