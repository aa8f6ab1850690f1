// A file that grows at its end, as a log does.

import Foundation

/// An existing file open for appending.
package final class AppendedFile {
    package let path: String
    private let descriptor: Int32

    /// Throws `FormatError` for a file that is missing or may not be written.
    package init(path: String) throws {
        self.path = path
        descriptor = try checkedCall("opened", on: path) { open(path, O_WRONLY | O_APPEND | O_CLOEXEC) }
    }

    /// Writes bytes at the end. They are in the file when the call returns, and reach the disk when the system likes.
    package func append(_ bytes: Span<UInt8>) throws {
        let (descriptor, path) = (descriptor, path)
        try bytes.withUnsafeBytes { buffer in
            var done = 0
            while done < buffer.count {
                let rest = UnsafeRawBufferPointer(rebasing: buffer[done...])
                done += try checkedCall("written", on: path) { write(descriptor, rest.baseAddress, rest.count) }
            }
        }
    }

    deinit { close(descriptor) }
}
