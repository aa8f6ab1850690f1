// The logs of a run: metrics.csv, validation.csv and log.txt in its folder, and what a person sees meanwhile. The choice:
// tables that every plotting program opens, one row per step.

import Platform
import Supervision
import Collectives
import Configuration
import Foundation
import Formats
import Reports
import TensorBoard

/// The logs of a run, which only rank 0 has.
final class RunLog {
    private let metrics, validations, messages: LogFile
    private let display = ProgressDisplay.standardError
    private let verbosity: Verbosity
    private let started = now()
    private let firstStep: Int
    private var progress: RunProgress
    private let reports: ReportKeeper?

    /// Nil for a run of one rank, whose times are all in metrics.csv.
    private let rankTimes: RankTimes?
    private let events: EventFile

    /// The time of the last pictures among the events, and the least seconds until the next ones, which are large.
    private var pictured = -Double.infinity
    private static let pictureInterval = 600.0

    /// The time of the last state in log.txt, and the least seconds until the next one.
    private var noted = -Double.infinity
    private static let noteInterval = 60.0

    /// The metrics of one update over all ranks.
    struct Row {
        var step, epoch: Int
        var loss, learningRate, gradientNorm, sequencesPerSecond: Double

        var report: StepReport

        /// The row in words, with the phases of the step.
        fileprivate var line: String {
            let phases = PhaseTimes.Phase.allCases.map { "\($0) \(shortTimeInWords(report.longest($0)))" }
            return ["step \(step)", "loss \(loss)", "learning rate \(learningRate)", "gradient norm \(gradientNorm)"]
                .joined(separator: "  ") + "  " + phases.joined(separator: "  ")
        }

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
    /// - Parameters:
    ///   - progress: that of a run which has made `step` updates.
    ///   - ranks: how many train.
    ///   - reports: what writes the run's report; nil for no report.
    init(
        folder: String, through step: Int, ranks: Int, _ progress: RunProgress, _ verbosity: Verbosity,
        reports: ReportKeeper?
    ) throws {
        let columns =
            ["step", "epoch", "loss", "learning_rate", "gradient_norm", "sequences_per_s"]
            + Row.timeColumns + ["slowest_rank"]
        metrics = try LogFile(path: folder + "/metrics.csv", header: columns.joined(separator: ","), through: step)
        validations = try LogFile(path: folder + "/validation.csv", header: "step,epoch,loss", through: step)
        messages = try LogFile(path: folder + "/log.txt", header: nil, through: step)
        rankTimes = ranks > 1 ? try RankTimes(folder: folder, ranks: ranks, through: step) : nil
        events = try EventFile(folder: folder, through: step)
        (firstStep, self.progress, self.verbosity, self.reports) = (step, progress, verbosity, reports)
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
        try events.append(
            [
                ("loss/training", row.loss), ("step/learning_rate", row.learningRate),
                ("step/gradient_norm", row.gradientNorm), ("step/sequences_per_s", row.sequencesPerSecond),
            ], at: row.step)
        rankTimes?.add(row.report)
        progress.add(row)
        if verbosity == .verbose { display.say(row.line) }
        if verbosity != .quiet { display.show(progress.text()) }
        if now() - noted >= Self.noteInterval { try note() }
    }

    /// Writes the state to log.txt.
    private func note() throws {
        noted = now()
        let text = progress.text()
        try note(text.line, at: text.step)
    }

    /// Removes the records of steps beyond `step`.
    func cutBack(to step: Int) throws {
        for file in [metrics, validations, messages] { try file.cutBack(to: step) }
        try rankTimes?.cutBack(to: step)
        try events.cutBack(to: step)
    }

    /// - Parameter seconds: those that the validation took.
    func record(_ validation: Validation, epoch: Int, seconds: Double) throws {
        try validations.append("\(validation.step),\(epoch),\(validation.loss)")
        try events.append([("loss/validation", validation.loss)], at: validation.step)
        progress.add(validation, seconds: seconds)
    }

    /// What shows how much of a validation is done, from any thread, given the part.
    func validating() -> @Sendable (Double) -> Void {
        guard verbosity != .quiet else { return { _ in } }
        let (text, display) = (progress.text(), display)
        return { part in
            var text = text
            text.validating = part
            display.show(text)
        }
    }

    /// Writes a message to standard error and to log.txt.
    func say(_ message: String, at step: Int) throws {
        if verbosity != .quiet || message.hasPrefix("warning:") { display.say(message) }
        try note(message, at: step)
    }

    /// Writes a message to log.txt only.
    func note(_ message: String, at step: Int) throws {
        try messages.append("\(step) \(Date().formatted(.iso8601)) \(message)")
    }

    /// Shows and writes the last state.
    func finish() throws {
        let text = progress.text(validated: true)
        guard text.step > firstStep else { return }
        if verbosity != .quiet { display.finish(text.line) }
        try note(text.line, at: text.step)
    }

    /// Writes the run's report if the last one is old enough, or in any case the final one.
    func report(at step: Int, isFinal: Bool = false) throws {
        try rankTimes?.write(at: step, isFinal: isFinal)
        guard let (pictures, complaint) = reports?.update(isFinal: isFinal) else { return }
        if let complaint { try say(complaint, at: step) }
        if isFinal { try events.appendEnd() }
        guard pictures != nil, isFinal || now() - pictured >= Self.pictureInterval else { return }
        pictured = now()
        for it in pictures?() ?? [] {
            try events.append(
                image: PNGFile.encoded(it.picture, isFast: true), width: it.picture.width, height: it.picture.height,
                tag: "forecast/\(it.name)", at: step)
        }
    }

    /// Writes what tells a new run from others, for those who compare them.
    func tellHyperparameters(of configuration: TrainingConfiguration) throws {
        if firstStep == 0 { try events.append(hyperparameters: configuration.hyperparameters) }
    }

    /// The seconds since the logs were opened.
    var seconds: Double { now() - started }
}
