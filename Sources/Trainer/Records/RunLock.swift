// Keeps a second process out of a run's folder. The choice: folders that are there only because of the lock go with it,
// so that a run that could not start leaves nothing.

import Configuration
import Formats
import Foundation
import Reports

/// The lock on a run's folder, held while this lives.
final class RunLock {
    private let folder: String
    private let lock: LockFile
    private let madeFolders: [String]

    /// Takes `.lock` in the folder, which is made if it is not there.
    ///
    /// Throws `TrainingError` naming who trains there, and `FormatError` where the folder cannot be written.
    init(_ folder: String) throws {
        self.folder = folder
        madeFolders = try Folder.make(folder)
        do {
            lock = try LockFile(path: folder + "/.lock") { owner in
                ProgressLine.onStandardError().say(
                    "\(folder) is locked by \(owner), which cannot be asked from here; looking for 10 s whether it goes on"
                )
            }
        } catch let held as LockFile.Held {
            let who = held.owner.map { ": \($0)" } ?? ""
            throw TrainingError("another process trains in \(folder)\(who); wait for it, or choose another --output")
        }
    }

    /// Whether no other process has taken the lock over.
    var isOwn: Bool { lock.isOwn }

    func release() {
        // The folders of a run that made no step, which nothing else was written to.
        if !madeFolders.isEmpty, (try? Folder.names(in: folder)) == [".lock"] {
            try? Folder.remove(folder + "/.lock")
            for made in madeFolders.reversed() { rmdir(made) }
        }
        lock.release()
    }

    deinit { release() }
}
