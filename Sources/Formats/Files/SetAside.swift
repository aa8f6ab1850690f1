// Files that are kept, though nothing reads them any more. The choice: one name after another, `NAME.damaged`,
// `NAME.damaged.2` and so on, so that no file that was set aside ever takes the place of an earlier one.

package enum SetAside {
    /// Renames a file to the first of its names aside that is free, and returns its new path.
    @discardableResult
    package static func rename(_ path: String) throws -> String {
        let new = try freeName(for: path)
        try Folder.rename(path, to: new)
        return new
    }

    /// Keeps a copy of a file, unless there is one already.
    package static func keepCopy(of path: String) throws {
        let file = try InputFile(path: path), digest = try Digest.ofFile(path)
        guard try copy(of: path, sha256: digest) == nil else { return }
        let copy = try AtomicFile(path: freeName(for: path), expecting: file.size)
        try file.forEachPiece(at: 0, count: file.size) { try copy.append($0) }
        try copy.commit()
    }

    /// The copy of a file that has this digest; nil if there is none.
    package static func copy(of path: String, sha256: String) throws -> String? {
        for name in names(for: path) {
            guard try Folder.holds(name) else { return nil }
            if try Digest.ofFile(name) == sha256 { return name }
        }
        return nil
    }

    /// Removes the copy of a file that has this digest, if there is one.
    package static func removeCopy(of path: String, sha256: String) throws {
        if let copy = try copy(of: path, sha256: sha256) { try Folder.remove(copy) }
    }

    private static func freeName(for path: String) throws -> String {
        for name in names(for: path) where try !Folder.holds(name) { return name }
        throw FormatError(
            file: path, problem: "has \(most) damaged predecessors beside it",
            advice: "remove those that you do not need")
    }

    private static let most = 99

    private static func names(for path: String) -> [String] {
        (1...most).map { path + ".damaged" + ($0 == 1 ? "" : ".\($0)") }
    }
}
