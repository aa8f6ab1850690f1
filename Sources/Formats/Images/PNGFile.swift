// Writes pictures to PNG files through libpng's simplified interface. The choice: gray or RGB with eight bits per
// channel, encoded in memory first, so that a file appears complete or not at all.

import CPNG

package enum PNGFile {
    /// Throws `FormatError` if the picture is empty or too large for PNG, or the file cannot be written.
    package static func write(_ picture: Picture, to path: String) throws {
        let bytes = try encoded(picture, for: path)
        let file = try AtomicFile(path: path, expecting: bytes.count)
        try file.append(bytes.span)
        try file.commit()
    }

    /// The bytes of a file.
    ///
    /// - Parameters:
    ///   - path: its name for errors.
    ///   - isFast: whether it may be larger, to be made sooner.
    package static func encoded(
        _ picture: Picture, for path: String = "a picture", isFast: Bool = false
    ) throws -> [UInt8] {
        var image = simplifiedImage()
        image.width = UInt32(picture.width)
        image.height = UInt32(picture.height)
        image.format = format(channels: picture.channels)
        if isFast { image.flags |= UInt32(PNG_IMAGE_FLAG_FAST) }
        defer { png_image_free(&image) }

        func checked(_ success: Int32) throws {
            if success == 0 {
                throw FormatError(
                    file: path, problem: "could not be encoded (\(message(in: image)))",
                    advice: "make a smaller picture")
            }
        }
        var size = png_alloc_size_t(0)
        try checked(png_image_write_to_memory(&image, nil, &size, 0, picture.pixels, 0, nil))
        return try [UInt8](unsafeUninitializedCapacity: size) { target, count in
            try checked(png_image_write_to_memory(&image, target.baseAddress, &size, 0, picture.pixels, 0, nil))
            count = size
        }
    }

    /// libpng's handle for one picture, to be freed with `png_image_free`.
    static func simplifiedImage() -> png_image {
        var image = png_image()
        image.version = UInt32(PNG_IMAGE_VERSION)
        return image
    }

    static func format(channels: Int) -> UInt32 {
        channels == 1 ? UInt32(PNG_FORMAT_GRAY) : UInt32(PNG_FORMAT_RGB)
    }

    /// The reason for a failure, which libpng's functions leave in the image.
    static func message(in image: png_image) -> String {
        withUnsafeBytes(of: image.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
