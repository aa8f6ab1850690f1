// A folder that appears complete or not at all, as `AtomicFile` does for a file.

import Foundation

/// A folder being filled; it takes its name when `commit` returns, and leaves nothing behind when it does not.
package final class AtomicFolder {
    /// The name that it takes.
    package let path: String

    /// Where its files are written until then.
    package let temporary: String
    private let descriptor: Int32
    private var committed = false

    /// Makes a hidden neighbor of `path`, after removing from the folder around it those of writers that were killed.
    ///
    /// Throws `FormatError` when the folder around it is missing or may not be written to.
    package init(path: String) throws {
        let temporary = Leftovers.newName(for: path)
        (self.path, self.temporary) = (path, temporary)
        descriptor = try Leftovers.claimed(temporary, for: path) {
            mkdir(temporary, 0o777) == 0 || errno == EEXIST ? open(temporary, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1
        }
    }

    /// Gives the folder its name, durably; an empty folder that has it is replaced.
    package func commit() throws {
        try checkedCall("renamed", path) { rename(temporary, path) }
        committed = true
        try AtomicFile.syncFolder(of: path)
    }

    deinit {
        close(descriptor)
        if !committed { try? Folder.remove(temporary) }
    }
}
