// `convlstm-dist runs`: the runs there are, a line each.

import ArgumentParser
import CommandSupport
import Configuration
import Foundation
import Platform
import Reports
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
            ["run", "model", "state", "step", "loss", "best loss", "at step", "settings"],
            alignments: [.left, .left, .left, .right, .right, .right, .right, .left])
        var first: [String: TrainingConfiguration] = [:]
        for run in runs {
            let configuration = run.configuration, name = configuration.model.name
            let changes = try first[name].map { try configuration.changes(from: $0, of: .run) } ?? []
            first[name] = first[name] ?? configuration
            let length = configuration.steps.map { " of \($0)" } ?? ""
            table.add([
                run.run, name, run.state.rawValue, "\(run.step)\(length)", run.loss.map(decimals) ?? "-",
                run.best.map { decimals($0.loss) } ?? "-", run.best.map { "\($0.step)" } ?? "-",
                changes.joined(separator: ", "),
            ])
        }
        StandardOutput.print("\(table)", terminator: "")
    }

    private func decimals(_ loss: Double) -> String { String(format: "%.4g", loss) }
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
