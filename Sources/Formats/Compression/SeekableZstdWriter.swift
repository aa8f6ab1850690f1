// Writes zstd files whose parts can be decoded alone: independent frames, then a table of their locations in a frame
// that every zstd decoder skips. The choice: the table repeats each frame's own checksum, as the format requires.

/// A seekable zstd file being written.
package final class SeekableZstdWriter {
    private let file: AtomicFile
    private var digest = Digest()
    private var table = [UInt8]()
    private var frames = 0

    /// The format's limit on the content of a frame, in bytes.
    package static let largestFrame = 1 << 30

    /// The format's limit on the number of frames per file.
    package static let mostFrames = SeekableZstd.mostFrames

    package init(path: String, expecting bytes: Int = 0) throws {
        file = try AtomicFile(path: path, expecting: bytes)
    }

    /// Appends a frame that a `ZstdCompressor` made from `contentSize` bytes.
    package func append(frame: [UInt8], contentSize: Int) throws {
        precondition(contentSize <= Self.largestFrame, "a frame holds at most \(Self.largestFrame) bytes")
        try write(frame)
        table += SeekableZstd.field(frame.count) + SeekableZstd.field(contentSize) + frame.suffix(4)
        frames += 1
    }

    /// Writes the table and renames the file to its final name. Returns its size in bytes, its SHA-256 and the table's.
    package func finish() throws -> (bytes: Int, sha256: String, tableSha256: String) {
        let content =
            table + SeekableZstd.field(frames) + [SeekableZstd.checksumFlag] + SeekableZstd.field(SeekableZstd.magic)
        let whole = SeekableZstd.field(SeekableZstd.skippable) + SeekableZstd.field(content.count) + content
        var tableDigest = Digest()
        tableDigest.update(whole.span)
        try write(whole)
        try file.commit()
        return (file.size, digest.hexadecimal, tableDigest.hexadecimal)
    }

    private func write(_ bytes: [UInt8]) throws {
        digest.update(bytes.span)
        try file.append(bytes.span)
    }
}
