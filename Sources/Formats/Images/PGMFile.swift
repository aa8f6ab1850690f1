// Reads gray pictures in the binary form of PGM, plain or gzipped. The choice: numbers are read as stored, whatever the largest
// one that the header allows; comments, in which weather services put their metadata, are passed over.

/// Binary PGM files.
///
/// Source: J. Poskanzer, "pgm - Netpbm grayscale image format".
package enum PGMFile {
    /// The extents of a picture, from the header of its file.
    package struct Extents: Equatable, Sendable {
        package var height: Int, width: Int
        /// The bits of a pixel: 8, or 16 for a largest number above 255.
        package var bits: Int

        /// The number of bytes of all pixels.
        var byteCount: Int { height * width * bits / 8 }
    }

    /// The largest number of pixels per picture that is read, and the longest header.
    private static let largest = 1 << 27, longestHeader = 1 << 16

    /// Throws `FormatError` for anything but a binary PGM file of a single picture.
    package static func extents(of path: String) throws -> Extents {
        try header(InputFile(path: path)).extents
    }

    /// Reads the pixels of a picture, of shape (height, width); numbers of 16 bits are little-endian.
    ///
    /// Throws `FormatError` for another kind of file, and for damaged, missing or surplus bytes.
    package static func pixels(of path: String) throws -> (extents: Extents, bytes: [UInt8]) {
        let file = try InputFile(path: path), (extents, start) = try header(file)
        var bytes = try isPacked(file) ? unpacked(file, from: start, extents) : plain(file, from: start, extents)
        if extents.bits == 16 {
            for place in stride(from: 0, to: bytes.count, by: 2) { bytes.swapAt(place, place + 1) }
        }
        return (extents, bytes)
    }

    private static func isPacked(_ file: InputFile) throws -> Bool { try file.start(2) == [0x1F, 0x8B] }

    private static func plain(_ file: InputFile, from start: Int, _ extents: Extents) throws -> [UInt8] {
        guard file.size >= start + extents.byteCount else { throw cutShort(file.path, extents) }
        guard file.size == start + extents.byteCount else { throw surplus(file.path, extents) }
        return try file.bytes(at: start, count: extents.byteCount)
    }

    private static func unpacked(_ file: InputFile, from start: Int, _ extents: Extents) throws -> [UInt8] {
        guard Inflate.canHold(extents.byteCount, in: file.size) else { throw cutShort(file.path, extents) }
        try Memory.require(extents.byteCount, for: file.path)
        var bytes: [UInt8] = [], skipped = 0
        bytes.reserveCapacity(extents.byteCount)
        try Inflate.unpack(file, at: 0, count: file.size, as: .gzip, limit: .max) { piece in
            let leading = min(piece.count, start - skipped)
            skipped += leading
            piece.withUnsafeBufferPointer { bytes.append(contentsOf: $0.dropFirst(leading)) }
            guard bytes.count <= extents.byteCount else { throw surplus(file.path, extents) }
        }
        guard bytes.count == extents.byteCount else { throw cutShort(file.path, extents) }
        return bytes
    }

    private static func cutShort(_ path: String, _ extents: Extents) -> FormatError {
        FormatError(
            file: path, problem: "is cut short of its \(extents.height) x \(extents.width) pixels",
            advice: "copy or make it again")
    }

    private static func surplus(_ path: String, _ extents: Extents) -> FormatError {
        FormatError(
            file: path, problem: "has bytes behind its \(extents.height) x \(extents.width) pixels",
            advice: "save each picture in a file of its own")
    }
}

// The header

extension PGMFile {
    /// The extents, and the place of the first pixel.
    private static func header(_ file: InputFile) throws -> (extents: Extents, start: Int) {
        let bytes =
            try isPacked(file)
            ? Inflate.start(longestHeader, of: file, at: 0, count: file.size, as: .gzip) : file.start(longestHeader)
        guard bytes.starts(with: "P5".utf8) else {
            throw FileKind.error(
                file.path, try isPacked(file) ? bytes : file.start(FileKind.neededBytes), not: "a binary PGM file (P5)",
                advice: "convert it")
        }
        var position = 2
        let numbers = (0..<3).compactMap { _ in number(in: bytes, &position) }
        guard numbers.count == 3, position < bytes.count, isSpace(bytes[position]) else {
            throw FormatError(file: file.path, problem: "has a damaged PGM header", advice: "copy or make it again")
        }
        let (width, height, most) = (numbers[0], numbers[1], numbers[2])
        guard width > 0, height > 0, width <= largest / height, (1...65_535).contains(most) else {
            throw FormatError(
                file: file.path, problem: "claims to be of \(height) x \(width) pixels up to \(most)",
                advice: "give pictures of a possible size")
        }
        return (Extents(height: height, width: width, bits: most > 255 ? 16 : 8), position + 1)
    }

    /// The next number behind space and comments; nil if there is none of up to nine digits.
    private static func number(in bytes: [UInt8], _ position: inout Int) -> Int? {
        let start = position
        while position < bytes.count, isSpace(bytes[position]) || bytes[position] == UInt8(ascii: "#") {
            if bytes[position] == UInt8(ascii: "#") {
                while position < bytes.count, bytes[position] != UInt8(ascii: "\n") { position += 1 }
            } else {
                position += 1
            }
        }
        let digits = bytes[position...].prefix { (0x30...0x39).contains($0) }
        guard position > start, (1...9).contains(digits.count) else { return nil }
        position += digits.count
        return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
}
