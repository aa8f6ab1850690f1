// The hidden names of unfinished files and folders, and the removal of those that killed writers left behind. The
// choice: the name tells the writer and the writer holds a lock on the file, so that the next writer can tell a dead
// writer's leftovers from work in progress, and removes only the former.

import Foundation

/// Hidden names of the form `.NAME.PROCESS@HOST.partial`.
package enum Leftovers {
    private static let ending = ".partial"

    /// The host name as it appears in hidden names and locks.
    static let host: String = {
        var names = utsname()
        guard uname(&names) == 0 else { return "unknown" }
        return withUnsafeBytes(of: &names.nodename) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }()

    /// A hidden name next to `path`, after removing there the leftovers of writers that are proven dead.
    static func newName(for path: String) -> String {
        let url = URL(fileURLWithPath: path), folder = url.deletingLastPathComponent().path
        removeDead(in: folder)
        // Truncated so that the whole name fits into 255 bytes, the limit of common file systems.
        let name = String(decoding: url.lastPathComponent.utf8.prefix(128), as: UTF8.self)
        return "\(folder)/.\(name).\(getpid())@\(host)\(ending)"
    }

    /// Opens and locks the file being written, and retries if another process removed it in between. On file systems
    /// without locks the process number in the name has to do.
    static func claimed(_ path: String, for final: String, _ open: () -> Int32) throws -> Int32 {
        while true {
            let descriptor = try checkedCall("written", on: final, open)
            if flock(descriptor, LOCK_EX | LOCK_NB) != 0 || isNamed(path, descriptor) { return descriptor }
            close(descriptor)
        }
    }

    /// Whether a path still names the open file.
    static func isNamed(_ path: String, _ descriptor: Int32) -> Bool {
        var named = stat(), opened = stat()
        return stat(path, &named) == 0 && fstat(descriptor, &opened) == 0 && named.st_ino == opened.st_ino
            && named.st_dev == opened.st_dev
    }

    /// Removes from a folder the unfinished files of processes of this host that have ended. What cannot be inspected
    /// or removed stays, because it does no harm.
    private static func removeDead(in folder: String) {
        for name in (try? Folder.names(in: folder)) ?? [] {
            guard let process = writer(of: name) else { continue }
            let path = folder + "/" + name, descriptor = open(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC)
            guard descriptor >= 0 else { continue }
            defer { close(descriptor) }
            if isDead(process, descriptor) { try? Folder.remove(path) }
        }
    }

    /// The process of this host that a hidden name tells; nil for any other name.
    private static func writer(of name: String) -> pid_t? {
        let suffix = "@" + host + ending
        guard name.hasPrefix("."), name.hasSuffix(suffix) else { return nil }
        return name.dropLast(suffix.count).split(separator: ".").last.flatMap { pid_t($0) }
    }

    private static func isDead(_ process: pid_t, _ descriptor: Int32) -> Bool {
        if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
        return errno != EWOULDBLOCK && !LockFile.isRunning(process)
    }

    /// Removes all unfinished files from a folder that only the calling process writes to.
    package static func removeAll(in folder: String) throws {
        for name in try Folder.names(in: folder) ?? [] where name.hasPrefix(".") && name.hasSuffix(ending) {
            try Folder.remove(folder + "/" + name)
        }
    }
}
