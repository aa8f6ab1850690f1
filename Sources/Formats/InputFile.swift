// A file open for reading at any offset, from any thread. The choice: pread instead of a shared position, so that
// readers need no lock.

import Foundation

/// A regular file that stays open for reading while this object lives.
package final class InputFile: Sendable {
    package let path: String
    /// Bytes in the file when it was opened.
    package let size: Int
    private let descriptor: Int32

    /// Throws `FormatError` for a file that is absent, unreadable or a folder.
    package init(path: String) throws {
        self.path = path
        descriptor = try checkedCall("opened", path) { open(path, O_RDONLY | O_CLOEXEC) }
        var status = stat()
        fstat(descriptor, &status)
        size = Int(status.st_size)
        guard status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw FormatError(path, "is not a regular file", "name a file on disk")
        }
    }

    /// Reads what was written to `file`, which need never take its name; errors name `path`.
    package init(sharing file: AtomicFile, standingFor path: String) throws {
        self.path = path
        size = file.size
        descriptor = try file.duplicatedDescriptor()
    }

    /// Fills `bytes` from `offset` on.
    ///
    /// Throws `FormatError` where the file ends before `bytes` is full.
    package func read(at offset: Int, into bytes: inout MutableSpan<UInt8>) throws {
        let (descriptor, path) = (descriptor, path)
        try bytes.withUnsafeMutableBytes { buffer in
            var done = 0
            while done < buffer.count {
                let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
                let got = try checkedCall("read", path) {
                    pread(descriptor, rest.baseAddress, rest.count, offset + done)
                }
                if got == 0 { throw endsEarly(at: offset + done) }
                done += got
            }
        }
    }

    /// `count` bytes from `offset` on; checked against the file's size before memory is taken.
    package func bytes(at offset: Int, count: Int) throws -> [UInt8] {
        guard offset >= 0, count >= 0, offset <= size, count <= size - offset else { throw endsEarly(at: size) }
        var bytes = [UInt8](repeating: 0, count: count)
        var span = bytes.mutableSpan
        try read(at: offset, into: &span)
        return bytes
    }

    /// The whole file.
    package func bytes() throws -> [UInt8] {
        try bytes(at: 0, count: size)
    }

    func endsEarly(at offset: Int) -> FormatError {
        FormatError(path, "is cut short: it ends at byte \(offset)", "copy or make it again")
    }

    deinit {
        close(descriptor)
    }
}
