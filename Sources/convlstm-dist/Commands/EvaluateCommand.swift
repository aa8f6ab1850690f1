// `convlstm-dist evaluate`: the quality of a checkpoint's forecasts, frame by frame, beside baselines and the forecasts of
// others.

import Configuration
import Forecasting
import DataLoading
import ArgumentParser
import CommandSupport
import Collectives
import Foundation
import Formats
import Kernels
import Model
import Platform
import Reports
import Shards
import Supervision
import Trainer

extension MetricConvention {
    /// All names, with commas.
    fileprivate static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }

    fileprivate static var completion: CompletionKind { .list(allCases.map(\.rawValue)) }

    /// The convention of a name, or an error that lists all names in one sentence.
    fileprivate static func named(_ name: String) throws -> MetricConvention {
        guard let convention = MetricConvention(rawValue: name) else {
            throw ValidationError("give one of \(names)")
        }
        return convention
    }
}

struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Measures forecasts frame by frame: MSE, MAE, SSIM and PSNR, and scores of events, beside baselines.",
        discussion: """
            Every sequence of the split counts once, and the results are the same bit for bit on any number of ranks \
            and threads. Pixels are scaled to [0, 1]; MSE and MAE are sums over the pixels of a frame, as tables on \
            Moving MNIST have them. Published figures differ \
            in what was clipped, and in the number type and data range of SSIM and PSNR: --metrics measures as a \
            system of the field does.

            With --thresholds, events in the unit of the data are scored by lead time, beside persistence. Pixels that \
            are missing in the forecast or in the truth are in no count. --forecast scores the forecasts of other tools \
            by the same code; without --checkpoint it scores these alone.

            Example: mpirun -np 8 convlstm-dist evaluate --checkpoint runs/nowcast/1 --thresholds 0.5,2,10
            """)

    @OptionGroup(title: "WHAT FORECASTS, AND FROM WHAT") var options: CheckpointOptions

    @Option(help: ArgumentHelp("The sequences to measure: test, validation or train.", valueName: "split"))
    var split = Split.test

    @Option(
        help: ArgumentHelp(
            "The convention of the metrics and scores: \(MetricConvention.names) (default: the system's own).",
            valueName: "name"),
        completion: MetricConvention.completion, transform: MetricConvention.named)
    var metrics: MetricConvention?

    @Option(
        parsing: .unconditional, help: ArgumentHelp("Sequences that a thread reads at once.", valueName: "n"))
    var batchSize = 16

    @OptionGroup(title: "SCORES IN THE UNIT OF THE DATA") var scores: ScoreOptions

    @Option(
        help: ArgumentHelp(
            "Keep the network's forecasts and their truths in a new folder: forecast.npy and truth.npy.",
            valueName: "folder"), completion: .directory)
    var saveForecasts: String?

    @Flag(help: "Print one JSON object instead of the table.")
    var json = false

    func validate() throws {
        try OptionCheck.require(batchSize, in: 1...1024, "--batch-size")
        try OptionCheck.requireNames([("--save-forecasts", saveForecasts)])
        guard options.checkpoint == nil else {
            guard scores.inputFrames == nil else {
                throw ValidationError("--input-frames is told by --checkpoint; leave it out")
            }
            return
        }
        guard !scores.forecast.isEmpty else { throw CheckpointOptions.nothingForecasts }
        guard options.data != nil, options.data != TrainingConfiguration.generatedData else {
            throw ValidationError(
                "--forecast without --checkpoint says nothing of the data; give --data with the folder of a data set")
        }
        guard let seen = scores.inputFrames else {
            throw ValidationError(
                "--forecast without --checkpoint says nothing of which frames it is; give --input-frames with the number of "
                    + "frames before the first one forecast")
        }
        try OptionCheck.require(seen, in: 1...1_000_000, "--input-frames")
        guard saveForecasts == nil else {
            throw ValidationError("--save-forecasts keeps the forecasts of a network; name one with --checkpoint")
        }
    }

    func run() throws {
        try runOnEveryRank(exitCode: processExitCode(of:)) { communicator in
            if communicator.rank == 0 { try requireOutputs() }
            let others = try scores.files().map { try ForecastFile(name: $0.name, path: $0.path) }
            var found = try options.checkpoint.map { _ in try options.open(on: communicator) }
            let data = try options.dataSet(for: found, on: communicator), sequences = try data.sequences(of: split)
            let pool = try options.threadPool(for: sequences.count, on: communicator)
            let forecaster = try self.forecaster(
                of: &found, for: sequences, of: data, on: pool, communicator)
            let task = try self.task(found, forecaster, data, sequences, others)
            if communicator.rank == 0, options.data != nil, let expected = found?.checkpoint.expectedValues {
                try data.complaint(about: sequences, trainedOn: expected).map(warn)
            }
            let evaluation = try evaluate(task, forecaster, others, communicator, pool)
            guard communicator.rank == 0 else { return }
            let errors = EvaluationReport(
                evaluation, of: found, on: data, split: split, inputFrames: task.inputFrames, others: others.map(\.name)
            )
            let scores = ScoreReport(
                evaluation, others: others.map(\.name), unit: data.source.unit, timeStep: data.source.timeStep)
            try show(errors, scores)
        }
    }

    /// Throws unless what is to be written can have its name, before anything is computed.
    private func requireOutputs() throws {
        if let saveForecasts { try NewFolder.require(saveForecasts, option: "--save-forecasts") }
        guard let csv = scores.csv else { return }
        let folder = URL(fileURLWithPath: csv).deletingLastPathComponent().path
        guard try Folder.isOne(folder), try !Folder.isOne(csv) else {
            throw TrainingError.usage(
                "--csv \(csv) is a folder, or its folder does not exist; name a file in a folder that does")
        }
    }

    /// The network's forecaster, if there is a network, for which there is memory. Collective.
    private func forecaster(
        of found: inout CheckpointStore.Found?, for sequences: Range<Int>, of data: DataSet, on pool: ThreadPool,
        _ communicator: any Communicator
    ) throws -> Forecaster? {
        guard let frames = found.map({ options.frames(for: $0) }),
            let forecaster = try found?.takeForecaster(
                frames: frames, of: data.forecastFrames, on: pool, communicator)
        else { return nil }
        try MemoryBudget.require(
            forecaster.memory(forecasting: min(sequences.count, pool.size * batchSize), threads: pool.size),
            threads: pool.size, on: communicator,
            remedy: "choose fewer --threads, a smaller --batch-size, or fewer --frames")
        return forecaster
    }

    /// What is to be evaluated.
    private func task(
        _ found: CheckpointStore.Found?, _ forecaster: Forecaster?, _ data: DataSet, _ sequences: Range<Int>,
        _ others: [ForecastFile]
    ) throws -> EvaluationTask {
        let length = data.source.geometry.frames, frames = forecaster?.frames ?? options.frames ?? others[0].frames
        let seen = forecaster?.inputFrames ?? scores.inputFrames!
        if let forecaster {
            try data.check(for: forecaster, known: frames)
        } else if frames > length - seen {
            throw TrainingError.usage(
                "\(others[0].path) forecasts \(counted(frames, "frame")), and \(data.name) has sequences of \(length), of which "
                    + "--input-frames \(seen) leaves \(max(0, length - seen)); give what was forecast from the first \(seen)"
            )
        }
        for file in others { try file.require(sequences: sequences.count, frames: frames, of: data.frame) }
        try scores.check(for: data.frame)
        let values = found?.checkpoint.valueRange ?? data.source.valueRange
        var task = EvaluationTask(
            data.source, sequences: sequences, inputFrames: seen, frames: frames,
            values: values)
        task.training = data.range(of: .train)
        task.convention = metrics ?? found?.checkpoint.configuration.model.metrics ?? .standard
        task.scores = try scores.request(
            by: task.convention.scores,
            weights: .hko7(unit: data.source.unit, timeStep: data.source.timeStep))
        task.batchSize = batchSize
        return task
    }

    private func evaluate(
        _ task: EvaluationTask, _ forecaster: Forecaster?, _ others: [ForecastFile], _ communicator: any Communicator,
        _ pool: ThreadPool
    ) throws -> Evaluation {
        let display = communicator.rank == 0 ? ProgressDisplay.standardError : nil
        func measured(_ archive: ForecastArchive?) throws -> Evaluation {
            try Evaluation.measured(
                task, forecaster, others: others, archive: archive, communicator: communicator, on: pool
            ) { done, total in
                display?.show(
                    PartDone(
                        "evaluating", Double(done) / Double(max(1, total)), "\(done) of \(total) sequences of this rank"
                    ))
            }
        }
        let evaluation =
            try saveForecasts.map { folder in
                try ForecastArchive.make(folder, of: task, communicator) { try measured($0) }
            } ?? measured(nil)
        display?.erase()
        return evaluation
    }

    private func show(_ errors: EvaluationReport, _ scores: ScoreReport?) throws {
        if json {
            try printJSON(EvaluationOutput(errors: errors, scores: scores))
        } else {
            StandardOutput.print(errors.text + (scores.map { "\n\($0.text)" } ?? ""), terminator: "")
        }
        if let csv = self.scores.csv { try scores?.write(csv: csv) }
    }
}
