// A file open for reading at any offset, from any thread. The choice: pread instead of a shared position, so that
// readers need no lock.

import Foundation

/// A regular file that stays open for reading while this object lives.
package final class InputFile: Sendable {
    package let path: String
    /// The size in bytes when the file was opened.
    package let size: Int
    private let descriptor: Int32

    /// Throws `FormatError` for a missing or unreadable file, and for anything but a regular file. It never blocks on a
    /// pipe.
    package init(path: String) throws {
        self.path = path
        // Checked before opening, because opening a device may have side effects.
        var status = stat()
        try checkedCall("opened", on: path) { stat(path, &status) }
        try Self.requireRegular(status, path)
        let descriptor = try checkedCall("opened", on: path) { open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
        do {
            try checkedCall("opened", on: path) { fstat(descriptor, &status) }
            try Self.requireRegular(status, path)
        } catch {
            close(descriptor)
            throw error
        }
        (self.descriptor, size) = (descriptor, Int(status.st_size))
    }

    /// Opens what was written to `file`, even if it is never committed. Errors name `path`.
    package init(sharing file: AtomicFile, standingFor path: String) throws {
        self.path = path
        size = file.size
        descriptor = try file.duplicatedDescriptor()
    }

    private static func requireRegular(_ status: stat, _ path: String) throws {
        let kind =
            switch status.st_mode & S_IFMT {
            case S_IFREG: nil as String?
            case S_IFDIR: "a folder"
            case S_IFIFO: "a pipe"
            case S_IFSOCK: "a socket"
            default: "a device"
            }
        if let kind {
            throw FormatError(file: path, problem: "is \(kind), not a regular file", advice: "name a file on disk")
        }
    }

    /// Fills `bytes` from `offset` on.
    ///
    /// Throws `FormatError` if the file ends before `bytes` is full.
    package func read(at offset: Int, into bytes: inout MutableSpan<UInt8>) throws {
        let (descriptor, path) = (descriptor, path)
        try requireInside(offset, bytes.count)
        try bytes.withUnsafeMutableBytes { buffer in
            var done = 0
            while done < buffer.count {
                let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
                let got = try checkedCall("read", on: path) {
                    pread(descriptor, rest.baseAddress, rest.count, offset + done)
                }
                if got == 0 { throw endsEarly(at: offset + done) }
                done += got
            }
        }
    }

    /// Reads `count` bytes from `offset` on. The file size and the free memory are checked before memory is allocated.
    package func bytes(at offset: Int, count: Int) throws -> [UInt8] {
        try requireInside(offset, count)
        var bytes = try Memory.zeros(count, for: path), span = bytes.mutableSpan
        try read(at: offset, into: &span)
        return bytes
    }

    /// Reads the whole file.
    package func bytes() throws -> [UInt8] {
        try bytes(at: 0, count: size)
    }

    /// Reads the first `count` bytes, or the whole file if it is shorter.
    func start(_ count: Int) throws -> [UInt8] {
        try bytes(at: 0, count: min(count, size))
    }

    /// Throws `FormatError` if the file does not contain all `count` bytes from `offset` on.
    func requireInside(_ offset: Int, _ count: Int) throws {
        guard offset >= 0, count >= 0, offset <= size, count <= size - offset else { throw endsEarly(at: size) }
    }

    func endsEarly(at offset: Int) -> FormatError {
        FormatError(file: path, problem: "is cut short: it ends at byte \(offset)", advice: "copy or make it again")
    }

    deinit {
        close(descriptor)
    }
}

// Whole files in constant memory: as a series of pieces, and unpacked into a file without a name.

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
