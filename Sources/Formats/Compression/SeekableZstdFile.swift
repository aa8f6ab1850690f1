// Decodes any single frame of a seekable zstd file. The choice: the table is checked against the file size on opening.
// Each read checks the content against its checksum and the checksum against the table, which detects a swapped frame.

import Synchronization

/// A seekable zstd file open for reading. Several threads may decode frames; a lock serializes them.
package final class SeekableZstdFile: Sendable {
    /// The location of a frame in the file, its sizes in bytes, and the checksum of its content.
    private struct Entry: Sendable {
        var offset: Int, size: Int, contentSize: Int, checksum: Int
    }

    private let file: InputFile
    private let entries: [Entry]
    /// The SHA-256 of the frame that holds the table, as 64 hexadecimal digits. It covers every checksum and size in
    /// it.
    package let tableSha256: String
    private let decompressor = Mutex(ZstdDecompressor())

    /// Throws `FormatError` when the file does not end in a table that accounts for every byte of it.
    package init(path: String) throws {
        file = try InputFile(path: path)
        (entries, tableSha256) = try Self.table(of: file)
    }

    package var path: String { file.path }
    package var size: Int { file.size }
    package var frameCount: Int { entries.count }

    /// The number of bytes in a decoded frame.
    package func contentSize(ofFrame index: Int) -> Int { entries[index].contentSize }

    /// The bytes of a frame as they are in the file, without a check.
    package func bytes(ofFrame index: Int) throws -> [UInt8] {
        try file.bytes(at: entries[index].offset, count: entries[index].size)
    }

    /// The SHA-256 of the whole open file.
    package func sha256() throws -> String {
        var digest = Digest()
        try file.forEachPiece(at: 0, count: file.size) { digest.update($0) }
        return digest.hexadecimal
    }

    /// Decodes a frame into `content`, which it must fill exactly. Errors call the frame `name`.
    ///
    /// Throws `FormatError` for a damaged frame, and for an intact one that is not the one in the table.
    package func decode(frame index: Int, named name: String, into content: inout MutableSpan<UInt8>) throws {
        let entry = entries[index], path = path
        let frame = try file.bytes(at: entry.offset, count: entry.size)
        try decompressor.withLock { decompressor in
            try decompressor.decode(frame.span, into: &content) { reason in
                FormatError(file: path, problem: "is damaged in \(name) (\(reason))", advice: "copy or make it again")
            }
        }
        guard Self.checksum(of: frame) == entry.checksum else {
            throw FormatError(
                file: path, problem: "holds other bytes in \(name) than its table vouches for",
                advice: "copy or make it again")
        }
    }

    /// The content checksum stored in a frame, which decoding compares with the content; nil if the frame stores none.
    static func checksum(of frame: [UInt8]) -> Int? {
        guard frame.count > 8, frame.starts(with: SeekableZstd.field(SeekableZstd.frameMagic)) else { return nil }
        guard frame[4] & SeekableZstd.frameHasChecksum != 0 else { return nil }
        return frame.suffix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
    }

    private static func table(of file: InputFile) throws -> (entries: [Entry], sha256: String) {
        func refused(_ problem: String) -> FormatError {
            FormatError(
                file: file.path, problem: "is not a whole seekable zstd file: \(problem)",
                advice: "copy or make it again")
        }
        let beginning = try file.start(FileKind.neededBytes)
        guard Zstd.isFrame(beginning.span) else {
            throw FileKind.error(file.path, beginning, not: "a seekable zstd file", advice: "copy or make it again")
        }
        guard file.size >= SeekableZstd.headerSize + SeekableZstd.footerSize else { throw refused("it is too short") }
        let footerOffset = file.size - SeekableZstd.footerSize
        var footer = ByteReader(try file.bytes(at: footerOffset, count: SeekableZstd.footerSize), file: file.path)
        let count = try footer.integer(4), flags = try footer.bytes(1)[0]
        guard try footer.integer(4) == SeekableZstd.magic else { throw refused("its end is missing") }
        guard flags == SeekableZstd.checksumFlag else { throw refused("its frames have no checksums") }
        let length = count * SeekableZstd.entrySize
        let start = footerOffset - length - SeekableZstd.headerSize
        guard start >= 0 else { throw refused("its table claims \(count) frames") }

        let bytes = try file.bytes(at: start, count: file.size - start)
        var table = ByteReader(bytes, file: file.path), digest = Digest()
        guard try table.integer(4) == SeekableZstd.skippable,
            try table.integer(4) == length + SeekableZstd.footerSize
        else { throw refused("its table is damaged") }
        var offset = 0
        let entries = try (0..<count).map { _ in
            let entry = Entry(
                offset: offset, size: try table.integer(4), contentSize: try table.integer(4),
                checksum: try table.integer(4))
            offset += entry.size
            return entry
        }
        guard offset == start, entries.allSatisfy({ $0.contentSize <= SeekableZstdWriter.largestFrame }) else {
            throw refused("its frames do not add up to its size")
        }
        guard entries.allSatisfy({ Zstd.canHold($0.contentSize, in: $0.size) }) else {
            throw refused("its table claims more than its frames can hold")
        }
        digest.update(bytes.span)
        return (entries, digest.hexadecimal)
    }
}
