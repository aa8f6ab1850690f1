// `convlstm-dist evaluate`: the quality of a checkpoint's forecasts, frame by frame, beside two baselines.

import Configuration
import Forecasting
import DataLoading
import ArgumentParser
import CommandSupport
import Collectives
import Kernels
import Model
import Platform
import Reports
import Shards
import Supervision
import Trainer

extension MetricConvention: ExpressibleByArgument {}

struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Measures forecasts frame by frame: MSE, MAE, SSIM and PSNR, beside two baselines.",
        discussion: """
            Every sequence of the split counts once, and the results are the same bit for bit on any number of ranks \
            and threads. Pixels are scaled to [0, 1]; MSE and MAE are sums over the pixels of a frame, as tables on \
            Moving MNIST have them. Published figures differ \
            in what was clipped, and in the number type and data range of SSIM and PSNR: --metrics measures as a \
            system of the field does.
            """)

    @OptionGroup var options: CheckpointOptions

    @Option(help: ArgumentHelp("The sequences to measure: test, validation or train.", valueName: "split"))
    var split = Split.test

    @Option(help: ArgumentHelp("The convention of the metrics (default: the system's own).", valueName: "name"))
    var metrics: MetricConvention?

    @Option(
        parsing: .unconditional, help: ArgumentHelp("Sequences that a thread reads at once.", valueName: "n"))
    var batchSize = 16

    @Flag(help: "Print one JSON object instead of the table.")
    var json = false

    func validate() throws {
        try OptionCheck.require(batchSize, in: 1...1024, "--batch-size")
    }

    func run() throws {
        try runOnEveryRank(exitCode: processExitCode(of:)) { communicator in
            var found = try options.open(on: communicator)
            let data = try options.dataSet(for: found, on: communicator), sequences = try data.sequences(of: split)
            let pool = try options.threadPool(for: sequences.count, on: communicator)
            let forecaster = try found.takeForecaster(
                frames: options.frames(for: found), of: data.forecastFrames, on: pool, communicator)
            try data.check(for: forecaster, known: forecaster.frames)
            try MemoryBudget.require(
                forecaster.memory(forecasting: min(sequences.count, pool.size * batchSize), threads: pool.size),
                threads: pool.size, on: communicator,
                remedy: "choose fewer --threads, a smaller --batch-size, or fewer --frames")
            if communicator.rank == 0, options.data != nil {
                try data.complaint(about: sequences, trainedOn: found.checkpoint.valueRange).map(warn)
            }
            let evaluation = try evaluate(
                forecaster, from: found, on: data, sequences: sequences, communicator: communicator, pool: pool)
            guard communicator.rank == 0 else { return }
            let report = EvaluationReport(
                evaluation, of: found, on: data, split: split, inputFrames: forecaster.inputFrames)
            if json { try printJSON(report) } else { StandardOutput.print(report.text, terminator: "") }
        }
    }

    private func evaluate(
        _ forecaster: Forecaster, from found: CheckpointStore.Found, on data: DataSet, sequences: Range<Int>,
        communicator: any Communicator, pool: ThreadPool
    ) throws -> Evaluation {
        let line = communicator.rank == 0 ? ProgressLine.onStandardError() : nil
        let evaluation = try Evaluation.measured(
            forecaster, on: data.source, sequences: sequences, training: data.range(of: .train),
            range: found.checkpoint.valueRange, convention: metrics ?? found.checkpoint.configuration.model.metrics,
            batchSize: batchSize, communicator: communicator, on: pool
        ) { done, total in line?.show("evaluating: \(done) of \(total) sequences of this rank") }
        line?.erase()
        return evaluation
    }
}
