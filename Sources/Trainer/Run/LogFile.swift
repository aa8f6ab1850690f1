// A file of lines that each begin with a step. The choice: opening it cuts it back to a step, so that a resumed run
// writes on as if it had never stopped, and no step appears twice.

import Formats
import Foundation

/// A text file that grows by a line at a time, each in the file before the call returns.
final class LogFile {
    private let path: String
    private let header: String?
    private var handle: FileHandle

    /// Opens the file, keeping its lines of steps up to `step`.
    ///
    /// - Parameter header: the first line, if the file has one.
    init(path: String, header: String?, through step: Int) throws {
        (self.path, self.header) = (path, header)
        handle = try Self.cut(path, header, through: step)
    }

    /// Forgets the lines of steps beyond `step`.
    func cutBack(to step: Int) throws { handle = try Self.cut(path, header, through: step) }

    private static func cut(_ path: String, _ header: String?, through step: Int) throws -> FileHandle {
        let old = FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
        let kept = old.split(separator: "\n").filter { Self.step(of: $0).map { $0 <= step } ?? false }.map(String.init)
        let text = [UInt8](((header.map { [$0] } ?? []) + kept).map { $0 + "\n" }.joined().utf8)
        let file = try AtomicFile(path: path)
        try file.append(text.span)
        try file.commit()
        guard let handle = FileHandle(forWritingAtPath: path) else {
            throw FormatError(path, "could not be opened again", "check the disk, then try again")
        }
        try handle.seekToEnd()
        return handle
    }

    private static func step(of line: Substring) -> Int? {
        line.split { $0 == "," || $0 == " " }.first.flatMap { Int($0) }
    }

    func append(_ line: String) throws {
        try handle.write(contentsOf: Data((line + "\n").utf8))
    }
}
