// The progress of a long job: a bar on a terminal, and nothing in a file.

import Platform
import Reports

/// A bar on standard error for a job of known length, which disappears when the job is done.
struct ProgressBar {
    private let label: String
    private let total: Int
    private let start = now()

    init(_ label: String, total: Int) {
        (self.label, self.total) = (label, total)
    }

    /// Shows that `done` of the total are done; throws if an interrupting signal such as Ctrl-C has arrived.
    func update(_ done: Int) throws {
        try Interruption.check()
        let display = ProgressDisplay.standardError
        guard display.isLive else { return }
        let rate = Int(Double(done) / max(now() - start, 1e-3))
        if done == total {
            display.erase()
        } else {
            display.show(PartDone(label, Double(done) / Double(max(1, total)), "\(done)/\(total), \(rate)/s"))
        }
    }
}
