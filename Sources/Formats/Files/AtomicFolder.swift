// A folder that appears complete or not at all, the counterpart of `AtomicFile`.

import Foundation

/// A folder being filled. It gets its name when `commit` returns; without a commit nothing is left behind.
package final class AtomicFolder {
    /// The final name.
    package let path: String

    /// The folder in which files are written before the commit.
    package let temporary: String
    private let descriptor: Int32
    private var committed = false

    /// Makes a hidden folder next to `path`, after removing those that killed writers left there.
    ///
    /// Throws `FormatError` if the parent folder is missing or not writable.
    package init(path: String) throws {
        let temporary = Leftovers.newName(for: path)
        (self.path, self.temporary) = (path, temporary)
        descriptor = try Leftovers.claimed(temporary, for: path) {
            mkdir(temporary, 0o777) == 0 || errno == EEXIST ? open(temporary, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1
        }
    }

    /// Renames the folder to its final name, durably; an empty folder of that name is replaced.
    package func commit() throws {
        try checkedCall("renamed", on: path) { rename(temporary, path) }
        committed = true
        try AtomicFile.syncFolder(of: path)
    }

    deinit {
        close(descriptor)
        if !committed { try? Folder.remove(temporary) }
    }
}
