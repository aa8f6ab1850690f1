// One zstd frame made, and checked, piece by piece, for contents that would not fit into memory twice.

import CZstd

/// Compresses pieces to a single frame that states the size of its content and carries a checksum.
package final class ZstdFrameWriter {
    private let context: OpaquePointer
    private var rest: Int

    /// - Parameter size: the number of bytes that will be appended.
    package init(size: Int, level: Int = 3) throws {
        precondition(Zstd.levels.contains(level) && size >= 0, "\(size) bytes at level \(level)")
        (context, rest) = (ZSTD_createCCtx(), size)
        _ = try Zstd.checked(ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, Int32(level)), Self.failure)
        _ = try Zstd.checked(ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1), Self.failure)
        _ = try Zstd.checked(ZSTD_CCtx_setPledgedSrcSize(context, UInt64(size)), Self.failure)
    }

    /// Compresses a piece, and passes the bytes of the frame that are ready to `sink`.
    package func append(_ piece: Span<UInt8>, to sink: (Span<UInt8>) throws -> Void) throws {
        precondition(piece.count <= rest, "more than the \(rest) bytes that are left of the frame")
        rest -= piece.count
        try piece.withUnsafeBytes { try pass($0, ZSTD_e_continue, sink) }
    }

    /// Ends the frame, once all its bytes have been appended.
    package func finish(to sink: (Span<UInt8>) throws -> Void) throws {
        precondition(rest == 0, "a frame that lacks \(rest) bytes")
        try pass(UnsafeRawBufferPointer(start: nil, count: 0), ZSTD_e_end, sink)
    }

    /// Compresses bytes until none are left, or, at the end of the frame, until nothing waits in the context.
    private func pass(
        _ bytes: UnsafeRawBufferPointer, _ directive: ZSTD_EndDirective, _ sink: (Span<UInt8>) throws -> Void
    ) throws {
        var input = ZSTD_inBuffer(src: bytes.baseAddress, size: bytes.count, pos: 0), waiting = 0
        var room = [UInt8](repeating: 0, count: ZSTD_CStreamOutSize())
        repeat {
            let written = try room.withUnsafeMutableBytes { room in
                var output = ZSTD_outBuffer(dst: room.baseAddress, size: room.count, pos: 0)
                waiting = try Zstd.checked(
                    ZSTD_compressStream2(context, &output, &input, directive), Self.failure)
                return output.pos
            }
            if written > 0 { try sink(room.span.extracting(first: written)) }
        } while input.pos < input.size || directive == ZSTD_e_end && waiting > 0
    }

    private static func failure(_ reason: String) -> FormatError {
        FormatError(file: "zstd", problem: "could not compress (\(reason))", advice: "free some memory, then go on")
    }

    deinit { ZSTD_freeCCtx(context) }
}

/// Decompresses a single frame given in pieces, and verifies its checksum, without keeping its content.
package final class ZstdFrameCheck {
    private let context: OpaquePointer = ZSTD_createDCtx()
    private let file: String
    private var room = [UInt8](repeating: 0, count: ZSTD_DStreamOutSize())
    private var isComplete = false

    /// The number of bytes that the frame has held so far.
    package private(set) var size = 0

    /// - Parameter file: the name for errors.
    package init(file: String) { self.file = file }

    /// Throws `FormatError` if the bytes do not go on as a frame does.
    package func append(_ piece: Span<UInt8>) throws {
        try piece.withUnsafeBytes { bytes in
            var input = ZSTD_inBuffer(src: bytes.baseAddress, size: bytes.count, pos: 0)
            while input.pos < input.size {
                guard !isComplete else { throw damage("bytes follow its frame") }
                try room.withUnsafeMutableBytes { room in
                    var output = ZSTD_outBuffer(dst: room.baseAddress, size: room.count, pos: 0)
                    let hint = try Zstd.checked(ZSTD_decompressStream(context, &output, &input), damage)
                    size += output.pos
                    isComplete = hint == 0
                }
            }
        }
    }

    /// Throws `FormatError` unless the frame is complete.
    package func finish() throws {
        guard isComplete else { throw damage("it ends within its frame") }
    }

    private func damage(_ reason: String) -> FormatError {
        FormatError(file: file, problem: "is damaged (\(reason))", advice: "make it again")
    }

    deinit { ZSTD_freeDCtx(context) }
}
