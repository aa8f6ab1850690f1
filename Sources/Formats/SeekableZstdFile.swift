// Decodes any one frame of a seekable zstd file. The choice: the table is checked against the file's size on opening,
// the content against its checksum on every read.

import Synchronization

/// A seekable zstd file open for reading. Frames may be asked for from several threads; they take turns.
package final class SeekableZstdFile: Sendable {
    /// Where a frame is in the file, and how many bytes it holds.
    private struct Entry: Sendable {
        var offset: Int, size: Int, contentSize: Int
    }

    private let file: InputFile
    private let entries: [Entry]
    private let decompressor = Mutex(ZstdDecompressor())

    /// Throws `FormatError` when the file does not end in a table that accounts for every byte of it.
    package init(path: String) throws {
        file = try InputFile(path: path)
        entries = try Self.table(of: file)
    }

    package var path: String { file.path }
    package var size: Int { file.size }
    package var frameCount: Int { entries.count }

    /// Bytes in a frame when decoded.
    package func contentSize(ofFrame index: Int) -> Int { entries[index].contentSize }

    /// Decodes a frame into `content`, which it must fill; errors call the frame `name`.
    package func decode(frame index: Int, named name: String, into content: inout MutableSpan<UInt8>) throws {
        let entry = entries[index], path = path
        let frame = try file.bytes(at: entry.offset, count: entry.size)
        try decompressor.withLock { decompressor in
            try decompressor.decode(frame.span, into: &content) { reason in
                FormatError(path, "is damaged in \(name) (\(reason))", "copy or make it again")
            }
        }
    }

    private static func table(of file: InputFile) throws -> [Entry] {
        func refused(_ problem: String) -> FormatError {
            FormatError(file.path, "is not a whole seekable zstd file: \(problem)", "copy or make it again")
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

        var table = ByteReader(
            try file.bytes(at: start, count: SeekableZstd.headerSize + length), file: file.path)
        guard try table.integer(4) == SeekableZstd.skippable,
            try table.integer(4) == length + SeekableZstd.footerSize
        else { throw refused("its table is damaged") }
        var offset = 0
        let entries = try (0..<count).map { _ in
            let entry = Entry(offset: offset, size: try table.integer(4), contentSize: try table.integer(4))
            try table.skip(4)
            offset += entry.size
            return entry
        }
        guard offset == start, entries.allSatisfy({ $0.contentSize <= SeekableZstdWriter.largestFrame }) else {
            throw refused("its frames do not add up to its size")
        }
        return entries
    }
}
