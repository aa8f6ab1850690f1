// Whole files in constant memory: as a run of pieces, and unpacked into a file without a name.

import Foundation

extension InputFile {
    /// Calls `body` with `count` bytes from `offset` on, a quarter of a megabyte at a time.
    package func forEachPiece(at offset: Int, count: Int, _ body: (Span<UInt8>) throws -> Void) throws {
        try requireInside(offset, count)
        var piece = [UInt8](repeating: 0, count: min(count, 1 << 18)), done = 0
        while done < count {
            piece.removeLast(max(0, piece.count - (count - done)))
            var span = piece.mutableSpan
            try read(at: offset + done, into: &span)
            try body(piece.span)
            done += piece.count
        }
    }

    /// A file filled by `write` that has no name in `folder` and is gone when it is closed.
    ///
    /// Errors name `path`, the file whose content it is. Throws `FormatError` when `folder` lacks space for `bytes`.
    convenience init(
        scratchIn folder: String, standingFor path: String, expecting bytes: Int,
        write: ((Span<UInt8>) throws -> Void) throws -> Void
    ) throws {
        let scratch = folder + "/unpacked"
        let file = try AtomicFile(path: scratch, expecting: bytes)
        try write { try file.append($0) }
        try self.init(sharing: file, standingFor: path)
    }
}
