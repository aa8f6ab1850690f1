// Keeps a second process out of a run's folder. The choice: folders that exist only because of the lock are
// removed with it, so that a run that could not start leaves nothing.

import Configuration
import Formats
import Foundation
import Reports

/// The lock on a run's folder, held during the lifetime of this object.
final class RunLock {
    let folder: String
    private let lock: LockFile
    private let madeFolders: [String]

    /// Takes `.lock` in the folder, which is created if necessary.
    ///
    /// Throws `TrainingError` naming the process that trains there, and `FormatError` if the folder cannot be
    /// written.
    convenience init(_ folder: String) throws { try self.init(folder, made: Folder.make(folder)) }

    /// Makes the first folder of the numbers from `number` on that nobody else has made, and locks it.
    static func onNewFolder(in parent: String, from number: Int) throws -> RunLock {
        let outer = try Folder.make(parent)
        var number = number
        while true {
            let made = try Folder.make("\(parent)/\(number)")
            if let folder = made.last { return try RunLock(folder, made: outer + made) }
            number += 1
        }
    }

    private init(_ folder: String, made: [String]) throws {
        (self.folder, madeFolders) = (folder, made)
        do {
            lock = try LockFile(path: Self.file(of: folder)) { owner in
                ProgressDisplay.standardError.say(
                    "\(folder) is locked by \(owner), which cannot be asked from here; looking for 10 s whether it goes on"
                )
            }
        } catch let held as LockFile.Held {
            let who = held.owner.map { ": \($0)" } ?? ""
            throw TrainingError("another process trains in \(folder)\(who); wait for it, or choose another --output")
        }
    }

    /// The lock's file in a run's folder.
    static func file(of folder: String) -> String { folder + "/.lock" }

    /// Whether no other process has taken over the lock.
    var isOwn: Bool { lock.isOwn }

    func release() {
        // Removes the folders of a run that made no step, if nothing else was written to them.
        if !madeFolders.isEmpty, (try? Folder.names(in: folder)) == [".lock"] {
            try? Folder.remove(folder + "/.lock")
            for made in madeFolders.reversed() { rmdir(made) }
        }
        lock.release()
    }

    deinit { release() }
}
