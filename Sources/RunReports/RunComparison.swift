// Several runs in one page: a table, and their curves over each other.

import Configuration
import Formats
import Reports
import Trainer

/// The report of several runs.
package struct RunComparison {
    private let runs: [RunSummary]

    /// Reads runs.
    ///
    /// Throws `FormatError` about a folder that holds none, or one that cannot be read.
    package init(of folders: [String]) throws {
        runs = try folders.map { folder in
            guard let run = try RunSummary(folder: folder) else { throw RunReport.noRun(in: folder) }
            return run
        }
    }

    /// Writes the page.
    package func write(to path: String) throws {
        var page = Page(title: "\(runs.count) runs")
        let rows = try runs.map { try $0.row(besides: runs[0].configuration) }
        page.add("Runs", .table(RunSummary.header + ["other than the first"], rows))
        page.add("Curves", RunCurves.charts(of: named))
        try page.write(to: path)
    }

    /// Writes the losses as a picture: PNG to a name that ends in .png, otherwise SVG.
    package func writeLosses(to path: String) throws {
        let chart = RunCurves.charts(of: runs.count == 1 ? [("", runs[0])] : named)[0]
        guard !chart.isEmpty else {
            throw FormatError(
                file: runs[0].run, problem: "has made no step", advice: "name a run that has losses to show")
        }
        if path.hasSuffix(".png") { return try PNGFile.write(chart.picture(), to: path) }
        let file = try AtomicFile(path: path)
        try file.append([UInt8](chart.svg().markup.utf8).span)
        try file.commit()
    }

    private var named: [(name: String, run: RunSummary)] { runs.map { ($0.run, $0) } }
}
