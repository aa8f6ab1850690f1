// Reads and unpacks whole files in constant memory: as a series of pieces, and into a file without a name.

import Foundation

extension InputFile {
    /// Calls `body` with the `count` bytes from `offset` on, in pieces of at most 256 KiB.
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

    /// Opens a nameless file in `folder` that `write` fills and that disappears when it is closed.
    ///
    /// Errors name `path`, the file whose content it holds. Throws `FormatError` if `folder` lacks space for `bytes`.
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
