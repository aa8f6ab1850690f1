// Unpacking by zlib: .gz files and the deflated members of zip archives. The choice: a stream of pieces of a quarter
// megabyte, whatever the size of the whole.

import CZlib

/// Deflated bytes on disk to a stream of plain ones.
package enum Inflate {
    /// What surrounds the deflated bytes, as zlib's number of window bits.
    package enum Wrapping: Int32 {
        case raw = -15, gzip = 31
    }

    private static let pieceSize = 1 << 18

    /// Passes the content of `count` bytes at `offset` to `sink`.
    ///
    /// Throws `FormatError` for damaged or missing bytes, and when there are more than `limit` unpacked ones.
    package static func unpack(
        _ file: InputFile, at offset: Int, count: Int, as wrapping: Wrapping, limit: Int,
        to sink: (Span<UInt8>) throws -> Void
    ) throws {
        var stream = z_stream()
        guard inflateInit2_(&stream, wrapping.rawValue, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw FormatError(file.path, "could not be unpacked (zlib did not start)", "free some memory")
        }
        defer { inflateEnd(&stream) }
        var output = [UInt8](repeating: 0, count: pieceSize), total = 0, code = Z_OK
        try file.forEachPiece(at: offset, count: count) { input in
            try input.withUnsafeBufferPointer { source in
                stream.next_in = UnsafeMutablePointer(mutating: source.baseAddress)
                stream.avail_in = UInt32(source.count)
                while stream.avail_in > 0 {
                    if code == Z_STREAM_END { inflateReset(&stream) }
                    let written = output.withUnsafeMutableBufferPointer { target in
                        stream.next_out = target.baseAddress
                        stream.avail_out = UInt32(target.count)
                        code = inflate(&stream, Z_NO_FLUSH)
                        return target.count - Int(stream.avail_out)
                    }
                    total += written
                    guard code == Z_OK || code == Z_STREAM_END || code == Z_BUF_ERROR, total <= limit else {
                        throw FormatError(file.path, "holds damaged compressed bytes", "copy or make it again")
                    }
                    try sink(output.span.extracting(0..<written))
                }
            }
        }
        guard code == Z_STREAM_END else { throw FormatError(file.path, "is cut short", "copy or make it again") }
    }
}

/// The CRC-32 of zip archives and .gz files.
struct Checksum {
    private(set) var value: UInt32 = 0

    mutating func update(_ bytes: Span<UInt8>) {
        value = bytes.withUnsafeBufferPointer { UInt32(crc32(UInt(value), $0.baseAddress, UInt32($0.count))) }
    }
}
