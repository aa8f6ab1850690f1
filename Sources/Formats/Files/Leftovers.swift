// The hidden names under which things are written before they take their own, and what killed writers left under such
// names. The choice: the name says who writes and the writer holds a lock on it, so that the next writer can tell a
// dead one's leftovers from what another is writing right now, and removes only the former.

import Foundation

/// A name such as `.NAME.PROCESS@HOST.partial`.
package enum Leftovers {
    private static let ending = ".partial"

    /// The host, as names and locks have it.
    static let host: String = {
        var names = utsname()
        guard uname(&names) == 0 else { return "unknown" }
        return withUnsafeBytes(of: &names.nodename) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }()

    /// The hidden neighbor that becomes `path`, after removing those of writers that are proven dead.
    static func newName(for path: String) -> String {
        let url = URL(fileURLWithPath: path), folder = url.deletingLastPathComponent().path
        removeDead(in: folder)
        // With the rest a name of 255 bytes, the most that file systems take, has room.
        let name = String(decoding: url.lastPathComponent.utf8.prefix(128), as: UTF8.self)
        return "\(folder)/.\(name).\(getpid())@\(host)\(ending)"
    }

    /// Opens what is being written and locks it, again if another has removed it in between. Without locks on this file
    /// system the number of the process in the name has to do.
    static func claimed(_ path: String, for final: String, _ open: () -> Int32) throws -> Int32 {
        while true {
            let descriptor = try checkedCall("written", final, open)
            if flock(descriptor, LOCK_EX | LOCK_NB) != 0 || isNamed(path, descriptor) { return descriptor }
            close(descriptor)
        }
    }

    /// Whether a path names the file that is open.
    static func isNamed(_ path: String, _ descriptor: Int32) -> Bool {
        var named = stat(), opened = stat()
        return stat(path, &named) == 0 && fstat(descriptor, &opened) == 0 && named.st_ino == opened.st_ino
            && named.st_dev == opened.st_dev
    }

    /// Removes from a folder what processes of this host that are no more were writing. What cannot be looked at or
    /// removed stays: it is in nobody's way.
    private static func removeDead(in folder: String) {
        for name in (try? Folder.names(in: folder)) ?? [] {
            guard let process = writer(of: name) else { continue }
            let path = folder + "/" + name, descriptor = open(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC)
            guard descriptor >= 0 else { continue }
            defer { close(descriptor) }
            if isDead(process, descriptor) { try? Folder.remove(path) }
        }
    }

    /// The process of this host that a name tells of; nil for another name.
    private static func writer(of name: String) -> pid_t? {
        let suffix = "@" + host + ending
        guard name.hasPrefix("."), name.hasSuffix(suffix) else { return nil }
        return name.dropLast(suffix.count).split(separator: ".").last.flatMap { pid_t($0) }
    }

    private static func isDead(_ process: pid_t, _ descriptor: Int32) -> Bool {
        if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
        return errno != EWOULDBLOCK && !LockFile.isRunning(process)
    }

    /// Removes everything half-written from a folder that one process at a time writes to: the caller, who knows that
    /// it is the one.
    package static func removeAll(in folder: String) throws {
        for name in try Folder.names(in: folder) ?? [] where name.hasPrefix(".") && name.hasSuffix(ending) {
            try Folder.remove(folder + "/" + name)
        }
    }
}
