// Reads pictures from PNG files. The choice: pixel values are read as stored. Chunks on color management are removed
// first, since libpng would convert by them, and libpng must find the extents that memory was allocated for.

import CPNG

extension PNGFile {
    /// The extents of a picture, from the header of its file.
    package struct Extents: Equatable, Sendable, CustomStringConvertible {
        package var height: Int, width: Int
        /// The number of channels: 1 for gray, 3 for RGB.
        package var channels: Int
        /// The bits of a channel: 8, or 16 for gray.
        package var bits = 8

        package var description: String { "\(height) x \(width) x \(channels)" }
    }

    /// Throws `FormatError` for anything but a PNG of gray with 8 or 16 bits, or of RGB with 8 bits per channel, without
    /// transparency.
    package static func extents(of path: String) throws -> Extents {
        try extents(in: try InputFile(path: path).start(FileKind.neededBytes), file: path)
    }

    /// Reads a picture of 8 bits per channel.
    ///
    /// Throws `FormatError` for a PNG of another kind, and for damaged or missing bytes.
    package static func read(_ path: String) throws -> Picture {
        let (extents, pixels) = try pixels(of: path)
        guard extents.bits == 8 else {
            throw FormatError(
                file: path, problem: "is a PNG with gray of \(extents.bits) bits", advice: "save it with 8 bits")
        }
        return Picture(width: extents.width, height: extents.height, channels: extents.channels, pixels: pixels)
    }

    /// Reads the pixels of a picture, of shape (height, width, channels); numbers of 16 bits are little-endian.
    ///
    /// Throws `FormatError` for a PNG of another kind, and for damaged or missing bytes.
    package static func pixels(of path: String) throws -> (extents: Extents, bytes: [UInt8]) {
        let file = try InputFile(path: path),
            extents = try extents(in: try file.start(FileKind.neededBytes), file: path)
        let (height, width) = (extents.height, extents.width), format = format(of: extents)
        let stored = essential(try file.bytes()), size = height * width * extents.channels * extents.bits / 8
        guard Inflate.canHold(size, in: stored.count) else {
            throw damaged(path, "\(stored.count) bytes cannot hold \(height) x \(width) pixels")
        }
        var pixels = try Memory.zeros(size, for: path), image = simplifiedImage()
        defer { png_image_free(&image) }
        let isWhole = stored.withUnsafeBytes { bytes in
            guard png_image_begin_read_from_memory(&image, bytes.baseAddress, bytes.count) != 0,
                image.width == width, image.height == height, image.format == format
            else { return false }
            return png_image_finish_read(&image, nil, &pixels, 0, nil) != 0 && image.warning_or_error == 0
        }
        guard isWhole else { throw damaged(path, message(in: image)) }
        return (extents, pixels)
    }

    /// libpng's format of the pixels; it takes gray of 16 bits without a gamma of its own for linear, and keeps it.
    private static func format(of extents: Extents) -> UInt32 {
        extents.bits == 16 ? UInt32(PNG_FORMAT_LINEAR_Y) : format(channels: extents.channels)
    }

    private static func damaged(_ path: String, _ reason: String) -> FormatError {
        let reason = reason.isEmpty ? "its extents differ" : reason
        return FormatError(file: path, problem: "is damaged or cut short (\(reason))", advice: "copy or make it again")
    }

    private static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    /// The length and name of the header chunk, which must come first.
    private static let headerStart = [0, 0, 0, 13] + [UInt8]("IHDR".utf8)
    private static let headerSize = 33
    /// The largest number of pixels per picture that is read.
    private static let largest = 1 << 27

    /// Parses and checks the header.
    ///
    /// Source: W3C, "Portable Network Graphics (PNG) Specification", section 11.2.1, "IHDR Image header".
    private static func extents(in bytes: [UInt8], file: String) throws -> Extents {
        guard bytes.starts(with: signature) else {
            throw FileKind.error(file, bytes, not: "a PNG file", advice: "convert it, or move it out of the folder")
        }
        guard bytes.count >= headerSize else { throw damaged(file, "it ends at byte \(bytes.count)") }
        guard bytes[8..<16].elementsEqual(headerStart) else {
            let first = String(decoding: bytes[12..<16], as: UTF8.self)
            let variant =
                first == "CgBI" ? "it is in Apple's own variant" : "its first chunk is \(first) and not a header"
            throw FormatError(
                file: file, problem: "is not a PNG file this program reads (\(variant))",
                advice: "convert it, or copy it again")
        }
        let (width, height) = (number(in: bytes, at: 16), number(in: bytes, at: 20))
        let channels = [0: 1, 2: 3][bytes[25]]
        guard let channels, bytes[24] == 8 || bytes[24] == 16 && channels == 1 else {
            throw FormatError(
                file: file, problem: "is a PNG with \(inWords(colorType: bytes[25])) of \(bytes[24]) bits",
                advice: "save it as gray of 8 or 16 bits, or as RGB of 8 bits, without transparency")
        }
        guard width > 0, height > 0, width <= largest / height else {
            throw FormatError(
                file: file, problem: "claims to be of \(height) x \(width) pixels",
                advice: "give pictures of a possible size")
        }
        return Extents(height: height, width: width, channels: channels, bits: Int(bytes[24]))
    }

    private static func inWords(colorType: UInt8) -> String {
        switch colorType {
        case 0: "gray"
        case 2: "RGB"
        case 3: "a palette"
        case 4: "gray and transparency"
        case 6: "RGB and transparency"
        default: "an unknown color type"
        }
    }

    /// The file reduced to the chunks that hold pixels, without those that describe colors.
    private static func essential(_ bytes: [UInt8]) -> [UInt8] {
        var kept = signature, position = signature.count
        while position + 12 <= bytes.count {
            let end = position + 12 + number(in: bytes, at: position)
            guard end <= bytes.count else { break }
            let name = String(decoding: bytes[position + 4..<position + 8], as: UTF8.self)
            if ["IHDR", "IDAT", "IEND"].contains(name) { kept += bytes[position..<end] }
            position = end
        }
        return kept
    }

    private static func number(in bytes: [UInt8], at position: Int) -> Int {
        bytes[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
    }
}
