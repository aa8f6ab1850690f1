// Lists, makes and removes folders. The choice: a missing folder is an answer, and every other failure is an error that
// names the folder, so that no failure is mistaken for an empty folder.

import Foundation

package enum Folder {
    /// The names in a folder, in no particular order; nil if the folder does not exist.
    ///
    /// Throws `FormatError` if the folder cannot be read to its end.
    package static func names(in path: String) throws -> [String]? {
        guard let folder = opendir(path) else {
            if errno == ENOENT { return nil }
            throw systemError("read", on: path, code: errno)
        }
        defer { closedir(folder) }
        var names: [String] = []
        errno = 0
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != "." && name != ".." { names.append(name) }
            errno = 0
        }
        guard errno == 0 else { throw systemError("read", on: path, code: errno) }
        return names
    }

    /// The positive numbers that are names in a folder, in order; none if the folder does not exist.
    package static func numbers(in path: String) throws -> [Int] {
        try (names(in: path) ?? []).compactMap { Int($0) }.filter { $0 > 0 }.sorted()
    }

    /// Whether anything exists at a path; a dangling link does not count. Throws if that cannot be determined.
    package static func holds(_ path: String) throws -> Bool { try status(of: path) != nil }

    /// Whether a path is a folder. Throws if that cannot be determined.
    package static func isOne(_ path: String) throws -> Bool {
        try status(of: path).map { $0.st_mode & S_IFMT == S_IFDIR } ?? false
    }

    /// Whether two paths name the same file or folder.
    package static func isSame(_ one: String, _ other: String) throws -> Bool {
        guard let one = try status(of: one), let other = try status(of: other) else { return false }
        return one.st_ino == other.st_ino && one.st_dev == other.st_dev
    }

    /// Whether a path is a symbolic link that leads out of the folder in which it is. Throws if it leads nowhere.
    package static func isLinkOut(_ path: String) throws -> Bool {
        var status = stat()
        if lstat(path, &status) != 0 && (errno == ENOENT || errno == ENOTDIR) { return false }
        try checkedCall("looked at", on: path) { lstat(path, &status) }
        guard status.st_mode & S_IFMT == S_IFLNK else { return false }
        let folder = try resolved(URL(fileURLWithPath: path).deletingLastPathComponent().path)
        let target = try resolved(path)
        return target != folder && !target.hasPrefix(folder == "/" ? folder : folder + "/")
    }

    /// A path without links.
    private static func resolved(_ path: String) throws -> String {
        guard let resolved = realpath(path, nil) else { throw systemError("looked at", on: path, code: errno) }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    private static func status(of path: String) throws -> stat? {
        var status = stat()
        if stat(path, &status) == 0 { return status }
        if errno == ENOENT || errno == ENOTDIR { return nil }
        throw systemError("looked at", on: path, code: errno)
    }

    /// Makes a folder and its missing parents. Returns the folders that it made, the outermost first.
    @discardableResult
    package static func make(_ path: String) throws -> [String] {
        guard let code = whyNotMade(path) else { return [path] }
        if code == EEXIST, try isOne(path) { return [] }
        let parent = URL(fileURLWithPath: path).deletingLastPathComponent().path
        guard code == ENOENT, parent != path, !path.isEmpty else { throw systemError("made", on: path, code: code) }
        let outer = try make(parent)
        // Only one retry: if the parent exists and this folder cannot be made, as in /proc, the reason stays the same.
        guard let last = whyNotMade(path) else { return outer + [path] }
        if last == EEXIST, try isOne(path) { return outer }
        throw systemError("made", on: path, code: last)
    }

    /// Makes a folder, and returns the system's error number if it cannot be made.
    private static func whyNotMade(_ path: String) -> Int32? {
        while mkdir(path, 0o777) != 0 {
            if errno != EINTR { return errno }
        }
        return nil
    }

    /// Removes a file, or a folder with all its contents, if it exists; a link is removed and not followed.
    package static func remove(_ path: String) throws {
        if unlink(path) == 0 || errno == ENOENT { return }
        guard errno == EISDIR || errno == EPERM, try isOne(path) else {
            throw systemError("removed", on: path, code: errno)
        }
        for name in try names(in: path) ?? [] { try remove(path + "/" + name) }
        guard rmdir(path) == 0 || errno == ENOENT else { throw systemError("removed", on: path, code: errno) }
    }

    /// Renames a file within its file system, replacing any file of the new name.
    package static func rename(_ path: String, to new: String) throws {
        try checkedCall("renamed", on: path) { Foundation.rename(path, new) }
    }
}
