// A file that appears complete or not at all. The choice: write a hidden file next to it, fsync it, rename it to the
// final name, fsync the folder.

import Foundation

/// A file being written. It gets its name when `commit` returns; without a commit nothing is left behind.
package final class AtomicFile {
    package let path: String
    /// The number of bytes appended so far.
    package private(set) var size = 0
    private let temporary: String
    private let descriptor: Int32
    private var committed = false

    /// Opens a hidden file in the same folder, after removing those that killed writers left there.
    ///
    /// Throws `FormatError` if the folder is missing, is not writable, or has fewer than `bytes` bytes free.
    package init(path: String, expecting bytes: Int = 0) throws {
        let temporary = Leftovers.newName(for: path)
        try FreeSpace.require(bytes, for: path)
        self.path = path
        self.temporary = temporary
        descriptor = try Leftovers.claimed(temporary, for: path) {
            open(temporary, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        }
    }

    /// Writes after the bytes appended so far.
    package func append(_ bytes: Span<UInt8>) throws {
        try write(bytes, at: size)
        size += bytes.count
    }

    /// Writes at any offset; bytes that are never written read as zeros.
    package func write(_ bytes: Span<UInt8>, at offset: Int) throws {
        let (descriptor, path) = (descriptor, path)
        try bytes.withUnsafeBytes { buffer in
            var done = 0
            while done < buffer.count {
                let rest = UnsafeRawBufferPointer(rebasing: buffer[done...])
                done += try checkedCall("written", on: path) {
                    pwrite(descriptor, rest.baseAddress, rest.count, offset + done)
                }
            }
        }
    }

    /// Makes the bytes durable, and asks the system to forget its copy, so that reading them reads the disk.
    package func settle() throws {
        try checkedCall("written", on: path) { fsync(descriptor) }
        // Advice: a file system that does not follow it returns the same bytes.
        posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED)
    }

    /// Makes the bytes durable and renames the file to its final name, replacing any file of that name.
    package func commit() throws {
        try checkedCall("written", on: path) { fsync(descriptor) }
        try checkedCall("renamed", on: path) { rename(temporary, path) }
        committed = true
        try Self.syncFolder(of: path)
    }

    /// Duplicates the descriptor, which keeps the bytes readable after this object is gone.
    func duplicatedDescriptor() throws -> Int32 {
        let descriptor = descriptor
        return try checkedCall("opened", on: path) { fcntl(descriptor, F_DUPFD_CLOEXEC, 0) }
    }

    /// Makes a rename in the folder of `path` durable.
    package static func syncFolder(of path: String) throws {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        let descriptor = try checkedCall("opened", on: folder) { open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        defer { close(descriptor) }
        try checkedCall("synchronized", on: folder) { fsync(descriptor) }
    }

    deinit {
        close(descriptor)
        if !committed { unlink(temporary) }
    }
}
