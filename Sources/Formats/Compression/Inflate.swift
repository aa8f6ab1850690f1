// Decompression with zlib: .gz files and the deflated members of zip archives. The choice: output is streamed in pieces
// of 256 KiB, however large the whole is.

import CZlib

/// Decompresses deflated bytes of a file as a stream.
package enum Inflate {
    /// The container around the deflated bytes, as zlib's `windowBits`.
    package enum Wrapping: Int32 {
        case raw = -15
        case gzip = 31
    }

    /// Decompresses the `count` bytes at `offset`, passes them to `sink` piece by piece, and returns the decompressed
    /// size.
    ///
    /// Throws `FormatError` for damaged, missing or surplus bytes, and for more than `limit` decompressed bytes.
    /// As gzip does, it accepts several concatenated gzip streams and ignores zeros after them as padding.
    @discardableResult
    package static func unpack(
        _ file: InputFile, at offset: Int, count: Int, as wrapping: Wrapping, limit: Int,
        to sink: (Span<UInt8>) throws -> Void
    ) throws -> Int {
        let inflater = try Inflater(wrapping, limit: limit, file: file.path)
        try file.forEachPiece(at: offset, count: count) { try inflater.take($0, sink) }
        guard inflater.isAtEnd else {
            throw FormatError(file: file.path, problem: "is cut short", advice: "copy or make it again")
        }
        return inflater.total
    }

    /// The first `wanted` decompressed bytes, or as many as there are before the end or a damage.
    static func start(
        _ wanted: Int, of file: InputFile, at offset: Int, count: Int, as wrapping: Wrapping
    ) -> [UInt8] {
        struct Enough: Error {}
        var bytes: [UInt8] = []
        // What is wrong behind these bytes is for those who read it.
        _ = try? unpack(file, at: offset, count: count, as: wrapping, limit: .max) { piece in
            piece.withUnsafeBufferPointer { bytes.append(contentsOf: $0.prefix(wanted - bytes.count)) }
            if bytes.count == wanted { throw Enough() }
        }
        return bytes
    }

    /// Whether `packed` deflated bytes can hold `size` bytes: two bits decode to at most 258 bytes.
    static func canHold(_ size: Int, in packed: Int) -> Bool { size / 1032 <= packed }
}

/// One decompression with zlib.
private final class Inflater {
    private(set) var total = 0
    /// Whether a stream has ended; another stream or padding may follow.
    private(set) var isAtEnd = false
    /// Allocated at a fixed address, because zlib keeps a pointer to it.
    private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    private var output = [UInt8](repeating: 0, count: 1 << 18)
    private let wrapping: Inflate.Wrapping, limit: Int, file: String

    init(_ wrapping: Inflate.Wrapping, limit: Int, file: String) throws {
        (self.wrapping, self.limit, self.file) = (wrapping, limit, file)
        stream.initialize(to: z_stream())
        guard inflateInit2_(stream, wrapping.rawValue, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw FormatError(
                file: file, problem: "could not be unpacked (zlib did not start)", advice: "free some memory")
        }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    func take(_ input: Span<UInt8>, _ sink: (Span<UInt8>) throws -> Void) throws {
        try input.withUnsafeBufferPointer { source in
            stream.pointee.next_in = UnsafeMutablePointer(mutating: source.baseAddress)
            stream.pointee.avail_in = UInt32(source.count)
            while stream.pointee.avail_in > 0 {
                if isAtEnd { try startAgain() }
                if stream.pointee.avail_in > 0 { try inflateUntilItStops(sink) }
            }
        }
    }

    /// Decompresses until the stream ends or the input is used up. A full output buffer means that zlib may hold back
    /// more.
    private func inflateUntilItStops(_ sink: (Span<UInt8>) throws -> Void) throws {
        repeat {
            let written = try inflateOnce()
            guard written <= limit - total else { throw damaged("holds more bytes than it should when unpacked") }
            total += written
            let output = output
            try sink(output.span.extracting(0..<written))
        } while !isAtEnd && stream.pointee.avail_out == 0
    }

    private func inflateOnce() throws -> Int {
        try output.withUnsafeMutableBufferPointer { target in
            stream.pointee.next_out = target.baseAddress
            stream.pointee.avail_out = UInt32(target.count)
            let code = inflate(stream, Z_NO_FLUSH)
            guard code == Z_OK || code == Z_STREAM_END || code == Z_BUF_ERROR else {
                throw damaged("holds damaged compressed bytes")
            }
            isAtEnd = code == Z_STREAM_END
            return target.count - Int(stream.pointee.avail_out)
        }
    }

    /// Skips padding and expects another stream in what is left.
    private func startAgain() throws {
        while stream.pointee.avail_in > 0, stream.pointee.next_in.pointee == 0 {
            stream.pointee.next_in += 1
            stream.pointee.avail_in -= 1
        }
        guard stream.pointee.avail_in > 0 else { return }
        guard wrapping == .gzip, stream.pointee.next_in.pointee == 0x1F, inflateReset(stream) == Z_OK else {
            throw damaged("has other bytes behind its compressed ones")
        }
        isAtEnd = false
    }

    private func damaged(_ problem: String) -> FormatError {
        FormatError(file: file, problem: problem, advice: "copy or make it again")
    }
}

/// The CRC-32 of zip archives and .gz files.
struct Checksum {
    private(set) var value: UInt32 = 0

    mutating func update(_ bytes: Span<UInt8>) {
        value = bytes.withUnsafeBufferPointer { UInt32(crc32(UInt(value), $0.baseAddress, UInt32($0.count))) }
    }
}
