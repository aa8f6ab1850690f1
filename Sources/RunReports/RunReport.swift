// report.html of a run: what it is, how it went, and what it forecasts. The choice: everything is read from the run's folder, as
// anybody could, so that the report of a running job, of a finished one and of one from another machine are made alike.

import Configuration
import Formats
import Foundation
import Kernels
import Reports
import Trainer

/// The report of one run.
package struct RunReport {
    private let run: RunSummary
    private let rankTimes: RunTable
    private let log: String
    private let forecasts: Result<ShownForecasts, any Error>?

    /// The name of the file.
    package static let fileName = "report.html"

    /// The path of the report of the run in a folder.
    package static func path(in run: String) -> String { run + (run.hasSuffix("/") ? "" : "/") + fileName }

    /// Reads a run, and forecasts some of its sequences.
    ///
    /// Throws `FormatError` if the folder holds no run, or one that cannot be read. A run whose forecasts cannot be made has
    /// a report that says why.
    ///
    /// - Parameters:
    ///   - isEnding: whether the caller is the process that trains, and makes no more steps.
    ///   - pool: the threads that forecast.
    package init(of folder: String, isEnding: Bool = false, on pool: ThreadPool) throws {
        guard let run = try RunSummary(folder: folder, isEnding: isEnding) else { throw Self.noRun(in: folder) }
        self.run = run
        rankTimes = try RunTable(rankTimesOf: folder)
        let log = folder + "/log.txt"
        self.log = try Folder.holds(log) ? String(decoding: InputFile(path: log).bytes(), as: UTF8.self) : ""
        let store = CheckpointStore.ofRun(folder)
        forecasts = try store.steps.isEmpty ? nil : Result { try ShownForecasts(of: store, on: pool) }
    }

    static func noRun(in folder: String) -> FormatError {
        FormatError(
            file: folder, problem: "is not the folder of a run: it has no config.yaml",
            advice: "name the folder of a run, as convlstm-dist runs lists them")
    }

    /// Writes the page. While the run is training, browsers read it again from time to time.
    package func write(to path: String) throws {
        var page = Page(title: run.run, refresh: run.state == .training ? 30 : nil)
        page.add("Run", .facts(facts))
        page.add("Curves", RunCurves.charts(of: [("", run)]), below: lossTable)
        try addForecasts(to: &page)
        page.add("Time", timeTable)
        let settings = try HTML.folded("every value: config.yaml", run.configuration.yaml)
        page.add("Settings", "\(try changedSettings)\(settings)")
        page.add("Log", .folded("log.txt", log))
        try page.write(to: path)
    }

    /// The first forecasts of the split as strips, the same sequences in each report.
    package var pictures: [ReportPicture] { (try? forecasts?.get())?.pictures ?? [] }

    private var facts: [(name: String, value: String)] {
        let configuration = run.configuration, model = configuration.model
        let length = configuration.steps.map { " of \($0)" } ?? configuration.epochs.map { ", \($0) epochs" } ?? ""
        var facts = [
            ("model", "\(model.name): \(model.summary)"), ("data", configuration.data ?? "generated"),
            ("state", "\(run.state.rawValue), step \(run.step)\(length)"),
        ]
        if let loss = run.loss { facts.append(("loss", Self.short(loss))) }
        if let best = run.best {
            facts.append(("best validation loss", "\(Self.short(best.loss)) at step \(best.step)"))
        }
        return facts + opening
    }

    /// What the log says of the machine and the ranks.
    private var opening: [(String, String)] {
        let lines = log.split(separator: "\n").compactMap { $0.split(separator: " ", maxSplits: 2).last }
        func last(_ start: String, _ name: String) -> [(String, String)] {
            lines.last { $0.hasPrefix(start) }.map { [(name, String($0.dropFirst(start.count)))] } ?? []
        }
        return last("machine: ", "machine") + last("program: ", "program")
            + (lines.last { $0.contains("global batch") }.map { [("ranks", String($0))] } ?? [])
    }

    private var lossTable: HTML {
        let steps = run.validations.steps
        guard !steps.isEmpty else { return "<p class=\"note\">no validation yet</p>" }
        let rows = zip(steps, zip(run.validations["epoch"], run.validations["loss"])).suffix(40).map { step, row in
            ["\(step)", Self.short(row.0), Self.short(row.1)]
        }
        return "<details><summary>validations</summary>\(.table(["step", "epoch", "loss"], rows))</details>"
    }

    private func addForecasts(to page: inout Page) throws {
        switch forecasts {
        case nil: page.add("Forecasts", "<p class=\"note\">no checkpoint yet</p>")
        case .failure(let error)?: page.add("Forecasts", "<p class=\"note\">none: \("\(error)")</p>")
        case .success(let shown)?:
            let films = try shown.players.map { try $0.html }
            page.add("Forecasts", "<p class=\"note\">\(shown.caption)</p>\n\(films)")
            page.add("Quality by frame", shown.charts, below: shown.table)
        }
    }

    private static let phases = ["load", "forward", "backward", "reduce", "update"]

    /// Where the time of the steps went, as on the rank that took longest for each phase.
    private var timeTable: HTML {
        let sums = Self.phases.map { run.metrics["\($0)_s"].reduce(0, +) }, total = sums.reduce(0, +)
        guard total > 0 else { return "<p class=\"note\">no step yet</p>" }
        let rows = zip(Self.phases, sums).map { phase, sum in
            [phase, durationInWords(sum), String(format: "%.1f %%", 100 * sum / total)]
        }
        let speeds = run.metrics["sequences_per_s"].filter(\.isFinite).sorted()
        let median = speeds.isEmpty ? 0 : speeds[speeds.count / 2]
        return """
            <p class="note">median of the steps: \(String(format: "%.2f", median)) sequences/s</p>
            \(.table(["phase", "time", "share"], rows))\(rankTable)
            """
    }

    /// What each rank spent its time on, and how often the others waited for it; nothing of one rank alone.
    private var rankTable: HTML {
        let numbers = rankTimes["rank"].map { Int(exactly: $0) }
        let lines = Dictionary(grouping: numbers.indices.filter { numbers[$0] != nil }) { numbers[$0]! }
        guard lines.count > 1 else { return "" }
        let slowest = run.metrics["slowest_rank"], columns = Self.phases.map { rankTimes["\($0)_s"] }
        let steps = Dictionary(grouping: slowest) { $0 }.mapValues(\.count)
        let rows = lines.sorted { $0.key < $1.key }.map { rank, its in
            let seconds = columns.map { column in its.reduce(0) { $0 + column[$1] } }
            let share = Double(steps[Double(rank)] ?? 0) / Double(max(1, slowest.count))
            return ["rank \(rank)"] + seconds.map(durationInWords) + [String(format: "%.1f %%", 100 * share)]
        }
        return .table(["", "load", "forward", "backward", "reduce and wait", "update", "slowest of the steps"], rows)
    }

    /// What the run has otherwise than its preset, if it is of one.
    private var changedSettings: HTML {
        get throws {
            guard let preset = Presets.all.first(where: { $0.name == run.configuration.model.name }) else { return "" }
            let changes = try run.configuration.changes(from: TrainingConfiguration(model: preset))
            let items = changes.map { "<li>\($0)</li>" as HTML }
            return changes.isEmpty
                ? "<p class=\"note\">as the preset has them</p>"
                : "<p class=\"note\">other than the preset's:</p><ul>\(items)</ul>"
        }
    }

    static func short(_ number: Double) -> String { String(format: "%.4g", number) }
}
