// `convlstm-dist runs`: the runs there are, a line each.

import ArgumentParser
import CommandSupport
import Configuration
import Platform
import Reports
import RunReports
import Trainer

struct RunsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs",
        abstract: "Lists runs: what they are, how far they are, and their best losses.",
        discussion: """
            The last column has what sets a run apart from the first one of its model. A stopped run goes on by the command that \
            began it, or by train --resume RUN.

            Example: convlstm-dist runs --best
            """)

    @Argument(
        help: ArgumentHelp("A folder of runs, or of folders of runs.", valueName: "folder"), completion: .directory)
    var folder = "runs"

    @Flag(help: "The run with the lowest validation loss first, in place of the order of names.")
    var best = false

    @Flag(help: "Print JSON instead of a table.")
    var json = false

    func validate() throws { try OptionCheck.requireNames([("the folder", folder)]) }

    func run() throws {
        try OneProcess.require(for: "runs")
        var runs = try RunSummary.all(in: folder, complain: warn)
        if best { runs.sort { ($0.best?.loss ?? .infinity, $0.run) < ($1.best?.loss ?? .infinity, $1.run) } }
        if json { return try printJSON(runs.map(RunResults.init)) }
        guard !runs.isEmpty else { return StandardOutput.print("\(folder) holds no runs") }
        try show(runs)
    }

    private func show(_ runs: [RunSummary]) throws {
        var table = Table(
            RunSummary.header + ["settings"],
            alignments: [.left, .left, .left, .right, .right, .right, .right, .left])
        var first: [String: TrainingConfiguration] = [:]
        for run in runs {
            let other = first[run.configuration.model.name, default: run.configuration]
            first[run.configuration.model.name] = other
            table.add(try run.row(besides: other))
        }
        StandardOutput.print("\(table)", terminator: "")
    }
}

/// One run for other programs.
private struct RunResults: Encodable {
    let run, model: String
    let state: RunSummary.State
    let step: Int
    let loss, bestLoss: Double?
    let bestStep: Int?

    init(_ summary: RunSummary) {
        (run, model, state) = (summary.run, summary.configuration.model.name, summary.state)
        (step, loss) = (summary.step, summary.loss)
        (bestLoss, bestStep) = (summary.best?.loss, summary.best?.step)
    }
}
