// A run as a row of a table, for the terminal and for a page.

import Configuration
import Trainer

extension RunSummary {
    /// The columns of a row, but for the last one.
    package static let header = ["run", "model", "state", "step", "loss", "best loss", "at step"]

    /// The cells of a row; the last one has the differences from another run's configuration.
    package func row(besides other: TrainingConfiguration) throws -> [String] {
        [
            run, configuration.model.name, state.rawValue, "\(step)\(configuration.steps.map { " of \($0)" } ?? "")",
            loss.map(RunReport.short) ?? "-", best.map { RunReport.short($0.loss) } ?? "-",
            best.map { "\($0.step)" } ?? "-", try configuration.changes(from: other, of: .run).joined(separator: ", "),
        ]
    }
}
