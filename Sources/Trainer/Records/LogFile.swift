// A file of lines that each begin with a step. The choice: opening it truncates it to a step, so that a resumed
// run continues as if it had never stopped, and no step appears twice.

import Formats

/// A text file to which lines are appended. Each is in the file before the call returns.
package final class LogFile {
    private let path: String
    private let header: String?
    private var file: AppendedFile

    /// The steps of the lines, in order, when the file was opened.
    package private(set) var steps: [Int]

    /// Opens the file, keeping its complete lines of steps up to `step`.
    ///
    /// Throws `FormatError` for a file that cannot be read or written.
    ///
    /// - Parameter header: the first line, with the names of the columns, if the file has them.
    package init(path: String, header: String?, through step: Int) throws {
        (self.path, self.header) = (path, header)
        (file, steps) = try Self.cut(path, header, through: step)
    }

    /// Removes the lines of steps beyond `step`.
    func cutBack(to step: Int) throws { (file, steps) = try Self.cut(path, header, through: step) }

    private static func cut(
        _ path: String, _ header: String?, through step: Int
    ) throws -> (file: AppendedFile, steps: [Int]) {
        let old = try Folder.holds(path) ? String(decoding: InputFile(path: path).bytes(), as: UTF8.self) : ""
        // A line without a line end was cut short by a full disk or a kill, perhaps within its step.
        let whole = old.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        let columns = header.map { $0.split(separator: ",").count }
        let kept = whole.compactMap { line in Self.step(of: line, columns).flatMap { $0 <= step ? (line, $0) : nil } }
        let text = (header.map { [$0] } ?? []) + kept.map { String($0.0) }
        let file = try AtomicFile(path: path)
        try file.append([UInt8](text.map { $0 + "\n" }.joined().utf8).span)
        try file.commit()
        return (try AppendedFile(path: path), kept.map(\.1))
    }

    /// The step of a line; nil for a line that does not belong to the table.
    private static func step(of line: Substring, _ columns: Int?) -> Int? {
        let words = line.split(omittingEmptySubsequences: false) { $0 == "," || columns == nil && $0 == " " }
        guard columns == nil || words.count == columns else { return nil }
        return words.first.flatMap { Int($0) }
    }

    func append(_ line: String) throws { try file.append([UInt8]((line + "\n").utf8).span) }
}
