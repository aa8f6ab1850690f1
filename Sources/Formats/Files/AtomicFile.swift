// A file that appears complete or not at all. The choice: write a hidden neighbor, make it durable, rename it over the
// name, make the rename durable.

import Foundation

/// A file being written; it takes its name when `commit` returns, and leaves nothing behind when it does not.
package final class AtomicFile {
    package let path: String
    /// Bytes appended so far.
    package private(set) var size = 0
    private let temporary: String
    private let descriptor: Int32
    private var committed = false

    /// Opens a hidden neighbor, after removing from the folder those of writers that were killed.
    ///
    /// Throws `FormatError` when the folder is missing, may not be written to, or has fewer than `bytes` bytes free.
    package init(path: String, expecting bytes: Int = 0) throws {
        let temporary = Leftovers.newName(for: path)
        try FreeSpace.require(bytes, for: path)
        self.path = path
        self.temporary = temporary
        descriptor = try Leftovers.claimed(temporary, for: path) {
            open(temporary, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        }
    }

    /// Writes after everything appended before.
    package func append(_ bytes: Span<UInt8>) throws {
        try write(bytes, at: size)
        size += bytes.count
    }

    /// Writes anywhere in the file; what is never written reads as zeros.
    package func write(_ bytes: Span<UInt8>, at offset: Int) throws {
        let (descriptor, path) = (descriptor, path)
        try bytes.withUnsafeBytes { buffer in
            var done = 0
            while done < buffer.count {
                let rest = UnsafeRawBufferPointer(rebasing: buffer[done...])
                done += try checkedCall("written", path) {
                    pwrite(descriptor, rest.baseAddress, rest.count, offset + done)
                }
            }
        }
    }

    /// Makes the bytes durable and gives them their name, replacing a file that had it.
    package func commit() throws {
        try checkedCall("written", path) { fsync(descriptor) }
        try checkedCall("renamed", path) { rename(temporary, path) }
        committed = true
        try Self.syncFolder(of: path)
    }

    /// Another descriptor of the same bytes, which keeps them readable after this object is gone.
    func duplicatedDescriptor() throws -> Int32 {
        let descriptor = descriptor
        return try checkedCall("opened", path) { fcntl(descriptor, F_DUPFD_CLOEXEC, 0) }
    }

    /// Makes a rename inside the folder of `path` durable.
    package static func syncFolder(of path: String) throws {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        let descriptor = try checkedCall("opened", folder) { open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        defer { close(descriptor) }
        try checkedCall("synchronized", folder) { fsync(descriptor) }
    }

    deinit {
        close(descriptor)
        if !committed { unlink(temporary) }
    }
}
