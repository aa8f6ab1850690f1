// Keeps a second process from changing a data set. The choice: the lock file is removed again, so that a data set that
// is as it was written stays so.

import Formats

/// The right to change a data set's folder, held until `release`, or during the lifetime of this object.
final class DataSetLock {
    private let path: String
    private let lock: LockFile
    private var isHeld = true

    /// Throws `ShardError` that names the process that changes the folder, and `FormatError` if the folder cannot be
    /// written.
    init(folder: String) throws {
        path = folder + "/.lock"
        do {
            lock = try LockFile(path: path)
        } catch let held as LockFile.Held {
            let who = held.owner.map { ": \($0)" } ?? ""
            throw ShardError("another process changes \(folder)\(who); wait until it has ended")
        }
    }

    /// Gives the right up. A second call does nothing.
    func release() {
        guard isHeld else { return }
        isHeld = false
        try? Folder.remove(path)
        lock.release()
    }

    deinit { release() }
}
