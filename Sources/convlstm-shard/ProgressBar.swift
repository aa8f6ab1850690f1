// How far a long job is: a bar that redraws itself on a terminal, and silence in a file.

import Foundation

/// A bar on stderr for a job of known length, gone when the job is done.
struct ProgressBar {
    private let label: String
    private let total: Int
    private let start = ContinuousClock.now
    private let visible = isatty(STDERR_FILENO) == 1
    private static let width = 30

    init(_ label: String, total: Int) {
        (self.label, self.total) = (label, total)
    }

    /// Shows that `done` of the total are done; throws when the person has pressed Ctrl-C.
    func update(_ done: Int) throws {
        try Interruption.check()
        guard visible else { return }
        if done == total { return Self.clear() }
        let filled = Self.width * done / max(1, total)
        let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: Self.width - filled)
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let rate = Int(Double(done) / max(seconds, 1e-3))
        FileHandle.standardError.write(Data("\r\(label) [\(bar)] \(done)/\(total), \(rate)/s".utf8))
    }

    /// Empties the terminal's line, so that what is printed next starts on it.
    static func clear() {
        if isatty(STDERR_FILENO) == 1 { FileHandle.standardError.write(Data("\r\u{1B}[K".utf8)) }
    }
}
