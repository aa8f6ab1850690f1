// Compression with libzstd, one frame at a time. The choice: every frame carries a checksum (off by default in the C
// interface), so that any decoder detects damage.

import CZstd

/// Compresses whole arrays to single zstd frames, and decompresses them.
package enum Zstd {
    /// The compression levels of libzstd, without its negative "fast" ones.
    package static let levels = 1...Int(ZSTD_maxCLevel())

    /// The version of libzstd, such as "1.5.4".
    package static var version: String { String(cString: ZSTD_versionString()) }

    /// Compresses bytes to one frame that stores their size and checksum. `level` must be in `levels`.
    package static func compress(_ bytes: Span<UInt8>, level: Int = 3) throws -> [UInt8] {
        try ZstdCompressor(level: level).frame(of: bytes)
    }

    /// The content of the single frame in `bytes`.
    ///
    /// Throws `FormatError` about `file` for damaged bytes. It also throws, before allocating memory, if the content is
    /// larger than `limit` bytes, larger than the frame can hold, or of unstated size.
    package static func decompress(_ bytes: Span<UInt8>, limit: Int, file: String) throws -> [UInt8] {
        let size = bytes.withUnsafeBytes { ZSTD_getFrameContentSize($0.baseAddress, $0.count) }
        guard isFrame(bytes) else {
            let start = (0..<min(bytes.count, FileKind.neededBytes)).map { bytes[$0] }
            throw FileKind.error(file, start, not: "a zstd file", advice: "compress it with `zstd FILE`")
        }
        guard size <= UInt64(Int.max) else {
            throw FormatError(
                file: file, problem: "is not a zstd file that states its size", advice: "compress it with `zstd FILE`")
        }
        guard canHold(Int(size), in: bytes.count) else {
            let claim = "is damaged: its \(bytes.count) bytes claim to hold \(size)"
            throw FormatError(file: file, problem: claim, advice: "copy or make it again")
        }
        guard size <= UInt64(limit) else {
            throw FormatError(
                file: file, problem: "would take \(size) bytes, more than the \(limit) it may",
                advice: "check where it is from")
        }
        var content = try Memory.zeros(Int(size), for: file), span = content.mutableSpan
        try ZstdDecompressor().decode(bytes, into: &span) {
            FormatError(file: file, problem: "is damaged (\($0))", advice: "make it again")
        }
        return content
    }

    /// Whether the bytes begin like a zstd frame.
    package static func isFrame(_ bytes: Span<UInt8>) -> Bool {
        bytes.count >= 4 && zip(0..<4, [0x28, 0xB5, 0x2F, 0xFD] as [UInt8]).allSatisfy { bytes[$0] == $1 }
    }

    /// The number of bytes of the frame with which `bytes` begin, by its headers alone; nil if they begin with none.
    static func frameSize(_ bytes: Span<UInt8>) -> Int? {
        guard isFrame(bytes) else { return nil }
        let size = bytes.withUnsafeBytes { ZSTD_findFrameCompressedSize($0.baseAddress, $0.count) }
        return ZSTD_isError(size) == 0 ? size : nil
    }

    /// The largest number of bytes of a frame of `size` bytes of content.
    static func bound(_ size: Int) -> Int { ZSTD_compressBound(size) }

    /// Whether a frame of `packed` bytes can hold `size` bytes: a block holds at most 128 KiB, and its header takes
    /// three.
    static func canHold(_ size: Int, in packed: Int) -> Bool { size >> 17 <= packed / 3 }

    /// Returns a result code of libzstd, or throws what `error` makes of libzstd's reason.
    static func checked(_ code: Int, _ error: (String) -> FormatError) throws -> Int {
        guard ZSTD_isError(code) == 0 else { throw error(String(cString: ZSTD_getErrorName(code)).lowercased()) }
        return code
    }
}

/// A compression context that is reused for many frames, by one thread at a time.
package final class ZstdCompressor {
    private let context: OpaquePointer

    package init(level: Int) throws {
        precondition(Zstd.levels.contains(level), "zstd has levels \(Zstd.levels)")
        context = ZSTD_createCCtx()
        _ = try Zstd.checked(ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, Int32(level)), failure)
        _ = try Zstd.checked(ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1), failure)
    }

    /// Compresses `bytes` to one independent frame.
    package func frame(of bytes: Span<UInt8>) throws -> [UInt8] {
        try bytes.withUnsafeBytes { source in
            try [UInt8](unsafeUninitializedCapacity: ZSTD_compressBound(source.count)) { target, count in
                count = try Zstd.checked(
                    ZSTD_compress2(context, target.baseAddress, target.count, source.baseAddress, source.count), failure
                )
            }
        }
    }

    private func failure(_ reason: String) -> FormatError {
        FormatError(file: "zstd", problem: "could not compress (\(reason))", advice: "try another level")
    }

    deinit {
        ZSTD_freeCCtx(context)
    }
}

/// A decompression context that is reused for many frames, by one thread at a time.
package final class ZstdDecompressor {
    private let context: OpaquePointer = ZSTD_createDCtx()

    package init() {}

    /// Decodes a frame that must fill `content` exactly; otherwise throws what `error` makes of the reason.
    package func decode(
        _ frame: Span<UInt8>, into content: inout MutableSpan<UInt8>, error: (String) -> FormatError
    ) throws {
        let context = context
        let (written, expected) = try content.withUnsafeMutableBytes { target in
            try frame.withUnsafeBytes { source in
                let code = ZSTD_decompressDCtx(
                    context, target.baseAddress, target.count, source.baseAddress, source.count)
                return (try Zstd.checked(code, error), target.count)
            }
        }
        guard written == expected else { throw error("holds \(written) bytes instead of \(expected)") }
    }

    deinit {
        ZSTD_freeDCtx(context)
    }
}
