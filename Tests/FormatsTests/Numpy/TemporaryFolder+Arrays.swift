// The arrays in a test's folder.

import Formats
import TestSupport

extension TemporaryFolder {
    /// Opens a .npy or .npz file; what it unpacks is in the folder, too.
    func array(_ name: String, key: String? = nil) throws -> NpyFile {
        try NpyFile(path: file(name), key: key, scratchFolder: path)
    }
}

extension NpyFile {
    /// The bytes of all elements.
    func bytes() throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: header.byteCount), span = bytes.mutableSpan
        try read(at: 0, into: &span)
        return bytes
    }
}
