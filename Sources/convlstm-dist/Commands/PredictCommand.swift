// `convlstm-dist predict`: the next frames, as arrays and pictures.

import Model
import Reports
import Forecasting
import DataLoading
import Configuration
import ArgumentParser
import CommandSupport
import Collectives
import Foundation
import Kernels
import Platform
import Shards
import Supervision
import Trainer

extension ArrayLayout: ExpressibleByArgument {}

struct PredictCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "predict",
        abstract: "Forecasts frames, and writes them as .npy arrays and as pictures.",
        discussion: """
            The folder gets input.npy, prediction.npy, truth.npy where it is known, and strip.png (rows input, truth, \
            prediction and error). Arrays are float32 of (frames, height, width[, channels]) in the data's own values. \
            --input continues after the last frame of the file, which may hold one sequence or a batch; of a batch the first \
            \(PredictionFolder.mostStrips) sequences get a strip each.
            """)

    @OptionGroup var options: CheckpointOptions

    @Option(
        help: ArgumentHelp("A .npy of frames to continue.", valueName: "file"), completion: .file(extensions: ["npy"]))
    var input: String?

    @Option(
        help: ArgumentHelp(
            "The order of the axes of --input (default: told by the shape and the checkpoint where they leave no doubt).",
            valueName: "layout"))
    var layout: ArrayLayout?

    @Option(
        parsing: .unconditional, help: ArgumentHelp("A sequence of the data set, by its number from 0.", valueName: "k")
    )
    var sequence: Int?

    @Option(
        help: ArgumentHelp(
            "Count --sequence within test, validation or train (default: within the whole data set).",
            valueName: "split"))
    var split: Split?

    @Option(help: ArgumentHelp("The folder to make.", valueName: "folder"), completion: .directory)
    var output: String

    func validate() throws {
        try OptionCheck.requireNames([("--output", output), ("--input", input)])
        guard (input == nil) != (sequence == nil) else {
            throw ValidationError("give what to continue: either --input FILE or --sequence K")
        }
        guard input == nil || (options.data == nil && split == nil) else {
            throw ValidationError("--input brings its own frames; leave out --data and --split")
        }
        guard input != nil || layout == nil else {
            throw ValidationError("--layout is for the axes of --input FILE; leave it out")
        }
    }

    func run() throws {
        try OneProcess.require(for: "predict")
        var found = try options.open(on: SoloCommunicator())
        let range = found.checkpoint.valueRange
        let data = input == nil ? try options.dataSet(for: found, on: SoloCommunicator()) : nil
        let frames =
            data?.forecastFrames
            ?? ForecastFrames(name: input ?? "", frame: found.checkpoint.frame, unit: found.checkpoint.unit)
        let folder = try PredictionFolder(
            path: output, frame: frames.frame, scale: ColorScale(unit: frames.unit, range: range))
        let array = try input.map { input in
            try InputArray(
                path: input, frame: found.checkpoint.frame,
                needed: found.checkpoint.configuration.model.sequences.inputFrames, layout: layout)
        }
        let pool = try options.threadPool(for: array?.batch ?? 1, on: SoloCommunicator())
        let forecaster = try found.takeForecaster(
            frames: options.frames(for: found), of: frames, on: pool, SoloCommunicator())
        try MemoryBudget.require(
            forecaster.memory(forecasting: array?.batch ?? 1, threads: pool.size), threads: pool.size,
            on: SoloCommunicator(), remedy: "choose fewer --threads or fewer --frames")
        let names: [String]
        if let data {
            names = try folder.write([try known(forecaster, found, data, on: pool)], isBatch: false)
        } else if let array {
            if layout == nil { StandardOutput.print(array.reading) }
            names = try folder.write(continued(array, by: forecaster, of: found, on: pool), isBatch: array.batch != nil)
        } else {
            preconditionFailure("neither an array nor a data set to forecast")
        }
        StandardOutput.print("\(output): \(names.joined(separator: ", "))")
        StandardOutput.print(
            "\(counted(forecaster.frames, "frame")) forecast from \(forecaster.inputFrames) by \(found.path); "
                + "values as in the data, \(range.lowerBound) to \(range.upperBound)")
    }

    /// Forecasts after the frames of a file.
    private func continued(
        _ array: InputArray, by forecaster: Forecaster, of found: CheckpointStore.Found, on pool: ThreadPool
    ) throws -> [Prediction] {
        let count = array.batch ?? 1
        let numbers = count.multipliedReportingOverflow(by: forecaster.frames * forecaster.frame.count)
        guard !numbers.overflow, numbers.partialValue <= 1 << 28 else {
            throw TrainingError.usage(
                "\(input!) holds \(count) sequences, whose forecasts are more than \(1 << 28) numbers; give fewer at once"
            )
        }
        let pasts = try (0..<count).map { try array.past(of: $0, count: forecaster.inputFrames) }
        ValueComplaint.about(pasts, of: input!, trainedOn: found.checkpoint.valueRange).map(warn)
        let forecasts = try forecaster.forecasts(after: pasts, on: pool)
        warnOfNoNumbers(in: forecasts)
        return zip(pasts, forecasts).map { Prediction(input: $0, forecast: $1) }
    }

    private func warnOfNoNumbers(in forecasts: [[Float]]) {
        let wrong = forecasts.reduce(0) { $0 + $1.count { !$0.isFinite } }, all = forecasts.reduce(0) { $0 + $1.count }
        if wrong > 0 {
            warn(
                "\(wrong) of \(all) forecast numbers are not finite, since the network's sums grow too large; forecast "
                    + "fewer --frames, or use a network that was trained with a lower learning rate")
        }
    }

    /// The forecast of a sequence of the data set, with the ground truth.
    private func known(
        _ forecaster: Forecaster, _ found: CheckpointStore.Found, _ data: DataSet, on pool: ThreadPool
    ) throws -> Prediction {
        try data.check(for: forecaster, known: 0)
        let range = try split.map { try data.sequences(of: $0) } ?? 0..<data.source.count
        guard let sequence, (0..<range.count).contains(sequence) else {
            let place = split.map { "the \($0.rawValue) split of " } ?? ""
            throw TrainingError.usage(
                "--sequence is \(sequence ?? 0); \(place)\(data.name) has sequences 0 to \(range.count - 1)")
        }
        let number = range.lowerBound + sequence
        if options.data != nil {
            try data.complaint(about: number..<number + 1, trainedOn: found.checkpoint.valueRange).map(warn)
        }
        let pixels = forecaster.frame.count
        let values = try data.source.sequence(number), visible = try data.source.inputs?.sequence(number) ?? values
        let seen = forecaster.inputFrames * pixels, past = Array(visible[..<seen])
        let future = values[seen...].prefix(forecaster.frames * pixels)
        let forecast = try forecaster.forecasts(after: [past], on: pool)[0]
        warnOfNoNumbers(in: [forecast])
        return Prediction(input: past, truth: future.isEmpty ? nil : Array(future), forecast: forecast)
    }
}
