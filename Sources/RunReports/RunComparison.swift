// Several runs in one page: a table, and their curves over each other.

import Configuration
import Formats
import Reports
import Trainer

/// The report of several runs.
package struct RunComparison {
    private let runs: [(summary: RunSummary, metrics: RunTable, validations: RunTable)]

    /// Reads runs.
    ///
    /// Throws `FormatError` about a folder that holds none, or one that cannot be read.
    package init(of folders: [String]) throws {
        runs = try folders.map { folder in
            guard let summary = try RunSummary(folder: folder) else { throw RunReport.noRun(in: folder) }
            return (summary, try RunTable(metricsOf: folder), try RunTable(validationsOf: folder))
        }
    }

    /// Writes the page.
    package func write(to path: String) throws {
        var page = Page(title: "\(runs.count) runs")
        let first = runs[0].summary.configuration
        let rows = try runs.map { run, _, _ -> [String] in
            let changes = try run.configuration.changes(from: first, of: .run)
            let best = run.best
            return [
                run.run, run.configuration.model.name, run.state.rawValue, "\(run.step)",
                run.loss.map(RunReport.short) ?? "-", best.map { RunReport.short($0.loss) } ?? "-",
                best.map { "\($0.step)" } ?? "-", changes.joined(separator: ", "),
            ]
        }
        let header = ["run", "model", "state", "step", "loss", "best loss", "at step", "other than the first"]
        page.add("Runs", .table(header, rows))
        page.add("Curves", RunCurves.charts(of: named))
        try page.write(to: path)
    }

    /// Writes the losses as an SVG picture.
    package func writeLosses(to path: String) throws {
        let chart = RunCurves.charts(of: runs.count == 1 ? [("", runs[0].metrics, runs[0].validations)] : named)[0]
        guard !chart.isEmpty else {
            throw FormatError(
                file: runs[0].summary.run, problem: "has made no step", advice: "name a run that has losses to show")
        }
        let file = try AtomicFile(path: path)
        try file.append([UInt8](chart.svg().markup.utf8).span)
        try file.commit()
    }

    private var named: [(name: String, metrics: RunTable, validations: RunTable)] {
        runs.map { ($0.summary.run, $0.metrics, $0.validations) }
    }
}
