// The progress of a long job: a bar on a terminal's progress line, and nothing in a file.

import Foundation
import Platform
import Reports

/// A bar on stderr for a job of known length, which disappears when the job is done.
struct ProgressBar {
    private let label: String
    private let total: Int
    private let start = now()
    private let line = widthOfTerminal(STDERR_FILENO) == nil ? nil : ProgressLine.onStandardError()
    private static let width = 30

    init(_ label: String, total: Int) {
        (self.label, self.total) = (label, total)
    }

    /// Shows that `done` of the total are done; throws if an interrupting signal such as Ctrl-C has arrived.
    func update(_ done: Int) throws {
        try Interruption.check()
        if done == total { line?.erase() } else { line?.show(text(done)) }
    }

    private func text(_ done: Int) -> String {
        let filled = Self.width * done / max(1, total)
        let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: Self.width - filled)
        let seconds = now() - start
        return "\(label) [\(bar)] \(done)/\(total), \(Int(Double(done) / max(seconds, 1e-3)))/s"
    }
}
