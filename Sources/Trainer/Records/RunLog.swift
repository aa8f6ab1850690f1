// The logs of a run: metrics.csv, validation.csv and log.txt in its folder, and a progress line. The choice:
// tables that every plotting program opens, one row per step.

import Platform
import Supervision
import Collectives
import Foundation
import Reports

/// The logs of a run, which only rank 0 has.
final class RunLog {
    private let metrics, validations, messages: LogFile
    private let progress = ProgressLine.onStandardError()
    private let started = now()
    private let firstStep, steps: Int
    private var lastLine = ""

    /// The metrics of one update over all ranks.
    struct Row {
        var step, epoch: Int
        var loss, learningRate, gradientNorm, sequencesPerSecond: Double

        var report: StepReport

        /// The times in seconds, in the order of `timeColumns`.
        fileprivate var times: [Double] {
            PhaseTimes.Phase.allCases.map(report.longest) + [report.exchange, report.slowestBusy, report.othersBusy]
        }

        fileprivate static let timeColumns =
            PhaseTimes.Phase.allCases.map { "\($0)_s" }
            + ["exchange_s", "slowest_busy_s", "others_busy_s"]
    }

    /// Opens the logs of a folder, truncated to the step that the run resumes from.
    ///
    /// - Parameter steps: the number of updates of the whole run.
    init(folder: String, through step: Int, of steps: Int) throws {
        let columns =
            ["step", "epoch", "loss", "learning_rate", "gradient_norm", "sequences_per_s"]
            + Row.timeColumns + ["slowest_rank"]
        metrics = try LogFile(path: folder + "/metrics.csv", header: columns.joined(separator: ","), through: step)
        validations = try LogFile(path: folder + "/validation.csv", header: "step,epoch,loss", through: step)
        messages = try LogFile(path: folder + "/log.txt", header: nil, through: step)
        (firstStep, self.steps) = (step, steps)
    }

    /// The steps up to the resumed one whose rows are missing from metrics.csv although it has earlier rows,
    /// because the file was truncated.
    var missingRows: [Int] {
        guard let first = metrics.steps.first, first <= firstStep else { return [] }
        let present = Set(metrics.steps)
        return (first...firstStep).filter { !present.contains($0) }
    }

    func record(_ row: Row) throws {
        var cells = ["\(row.step)", "\(row.epoch)", "\(row.loss)", "\(row.learningRate)", "\(row.gradientNorm)"]
        cells.append(String(format: "%.2f", row.sequencesPerSecond))
        cells += row.times.map { String(format: "%.6f", $0) }
        cells.append("\(row.report.slowest)")
        try metrics.append(cells.joined(separator: ","))
        lastLine =
            TrainingProgress(
                step: row.step, steps: steps, loss: row.loss, sequencesPerSecond: row.sequencesPerSecond,
                secondsPerStep: (now() - started) / Double(row.step - firstStep)
            ).line
        progress.show(lastLine)
    }

    /// Removes the records of steps beyond `step`.
    func cutBack(to step: Int) throws {
        for file in [metrics, validations, messages] { try file.cutBack(to: step) }
    }

    func record(_ validation: Validation, epoch: Int) throws {
        try validations.append("\(validation.step),\(epoch),\(validation.loss)")
    }

    /// Writes a message to standard error and to log.txt.
    func say(_ message: String, at step: Int) throws {
        progress.say(message)
        try note(message, at: step)
    }

    /// Writes a message to log.txt only.
    func note(_ message: String, at step: Int) throws {
        try messages.append("\(step) \(Date().formatted(.iso8601)) \(message)")
    }

    /// Shows the activity between two steps.
    func follow(_ activity: String) { progress.show(activity) }

    func finish() {
        if !lastLine.isEmpty { progress.finish(lastLine) }
    }

    /// The seconds since the logs were opened.
    var seconds: Double { now() - started }
}
