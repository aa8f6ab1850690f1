// `convlstm-dist predict`: the next frames, as arrays and pictures.

import Model
import Reports
import Forecasting
import DataLoading
import Configuration
import ArgumentParser
import CommandSupport
import Collectives
import Formats
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
            prediction and error, with the SSIM and MSE of each frame). Arrays are float32 of (frames, height, width[, channels]) in the data's own values. \
            --input continues after the last frame of the file, which may hold one sequence or a batch; of a batch the first \
            \(PredictionFolder.mostStrips) sequences get a strip each. With --latest, --input is a folder or file that frames are \
            added to, of any kind that convlstm-shard split reads, and the newest frames are continued; missing pixels are NaN. \
            --format netcdf writes .nc files with times and unit instead.

            Example: convlstm-dist predict --checkpoint runs/nowcast/1 --input archive --latest --format netcdf --output next
            """)

    /// The files of a forecast.
    enum Format: String, ExpressibleByArgument, CaseIterable { case npy, netcdf }

    @OptionGroup(title: "WHAT FORECASTS, AND FROM WHAT") var options: CheckpointOptions

    @Option(
        help: ArgumentHelp("A .npy of frames to continue, or with --latest an archive.", valueName: "path"),
        completion: .file(extensions: ["npy"]))
    var input: String?

    @Flag(help: "Continue the newest frames of the folder or file --input.")
    var latest = false

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

    @Option(help: "Write .npy arrays, or NetCDF files after the CF conventions.")
    var format = Format.npy

    @Flag(help: "Write an animation too, animation.png, which browsers play: truth, forecast and error side by side.")
    var animate = false

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
        guard !latest || input != nil && layout == nil else {
            throw ValidationError("--latest is for an archive; name it with --input, and leave out --layout")
        }
    }

    func run() throws {
        try OneProcess.require(for: "predict")
        var found = try options.open(on: SoloCommunicator())
        let source = try source(for: found), frames = source.frames, range = found.checkpoint.valueRange
        let folder = try PredictionFolder(
            path: output, frame: frames.frame, pictures: pictures(of: found, source), format: fileFormat(source))
        let batch = source.batch ?? 1, pool = try options.threadPool(for: batch, on: SoloCommunicator())
        let forecaster = try found.takeForecaster(
            frames: options.frames(for: found), of: frames, on: pool, SoloCommunicator())
        try requireMemory(for: batch, forecaster, pool)
        try check(source, for: forecaster, found)
        var predictions = try source.pasts(seen: forecaster.inputFrames, forecast: forecaster.frames)
        if case .array = source, let expected = found.checkpoint.expectedValues {
            ValueComplaint.about(predictions.map(\.input), of: frames.name, trainedOn: expected).map(warn)
        }
        let forecasts = try forecaster.forecasts(after: predictions.map(\.input), on: pool)
        warnOfNoNumbers(in: forecasts)
        for (place, forecast) in forecasts.enumerated() { predictions[place].forecast = forecast }
        let names = try folder.write(predictions, isBatch: source.batch != nil)
        StandardOutput.print("\(output): \(names.joined(separator: ", "))")
        StandardOutput.print(
            "\(counted(forecaster.frames, "frame")) forecast from \(forecaster.inputFrames)"
                + "\(place(in: source).map { " of \($0)" } ?? "") by \(found.path); "
                + "values as in the data, \(frames.unit.map { "in \($0), " } ?? "")\(range.lowerBound) to \(range.upperBound)"
        )
    }

    /// Which sequence of the data is continued, such as "sequence 0 of test of radar.shards"; nil for what --input brings.
    private func place(in source: ForecastSource) -> String? {
        sequence.map { "sequence \($0)\(split.map { " of \($0.rawValue)" } ?? "") of \(source.frames.name)" }
    }

    private func pictures(of found: CheckpointStore.Found, _ source: ForecastSource) -> ForecastPictures {
        let checkpoint = found.checkpoint, model = checkpoint.configuration.model, step = checkpoint.position.step
        // Weights that were imported are of no step.
        let network = step == 0 ? model.name : "\(model.name), step \(step)"
        return ForecastPictures(
            title: [network, place(in: source)].compactMap { $0 }.joined(separator: ", "),
            colors: ColorScale(unit: source.frames.unit, range: checkpoint.valueRange), values: checkpoint.valueRange,
            convention: model.metrics, areAnimated: animate)
    }

    /// What is to be continued; prints how it was read.
    private func source(for found: CheckpointStore.Found) throws -> ForecastSource {
        let frames = found.checkpoint.configuration.model.sequences
        guard let input else {
            let data = try options.dataSet(for: found, on: SoloCommunicator())
            return .sequence(data, number: try number(in: data))
        }
        if latest {
            let newest = try NewestFrames(path: input, count: frames.inputFrames, unit: found.checkpoint.unit)
            for remark in newest.remarks { StandardOutput.print(remark) }
            return .newest(newest)
        }
        guard try !Folder.isOne(input) else {
            throw TrainingError.usage("\(input) is a folder; add --latest to continue its newest frames")
        }
        // A network that was trained on crops sees frames of any size.
        let size = frames.crop == nil ? found.checkpoint.frame : nil
        let array = try InputArray(path: input, frame: size, needed: frames.inputFrames, layout: layout)
        if layout == nil { StandardOutput.print(array.reading) }
        return .array(array, path: input, unit: found.checkpoint.unit)
    }

    /// The number of the sequence in the whole data set.
    private func number(in data: DataSet) throws -> Int {
        let range = try split.map { try data.sequences(of: $0) } ?? 0..<data.source.count
        guard let sequence, (0..<range.count).contains(sequence) else {
            let place = split.map { "the \($0.rawValue) split of " } ?? ""
            throw TrainingError.usage(
                "--sequence is \(sequence ?? 0); \(place)\(data.name) has sequences 0 to \(range.count - 1)")
        }
        return range.lowerBound + sequence
    }

    private func fileFormat(_ source: ForecastSource) throws -> ForecastFormat {
        guard format == .netcdf else { return .npy }
        let frames = source.frames
        guard let step = source.timeStep else {
            throw TrainingError.usage(
                "\(frames.name) does not say when its frames were, which NetCDF files do; leave out --format, or split the data with "
                    + "--times")
        }
        guard frames.frame.channels == 1 else {
            throw TrainingError.usage(
                "\(frames.name) has \(frames.frame.channels) channels, and --format netcdf writes maps of one; leave it out"
            )
        }
        return .netcdf(source.description, timeStep: step)
    }

    private func requireMemory(for batch: Int, _ forecaster: Forecaster, _ pool: ThreadPool) throws {
        try MemoryBudget.require(
            forecaster.memory(forecasting: batch, threads: pool.size), threads: pool.size, on: SoloCommunicator(),
            remedy: "choose fewer --threads or fewer --frames")
        let numbers = batch.multipliedReportingOverflow(by: forecaster.frames * forecaster.frame.count)
        guard !numbers.overflow, numbers.partialValue <= 1 << 28 else {
            throw TrainingError.usage(
                "\(input ?? "the data") holds \(batch) sequences, whose forecasts are more than \(1 << 28) numbers; give fewer at "
                    + "once")
        }
    }

    /// Throws a usage error for sequences that are too short, and warns of values that cannot be in the unit of the
    /// training data.
    private func check(
        _ source: ForecastSource, for forecaster: Forecaster, _ found: CheckpointStore.Found
    ) throws {
        guard case .sequence(let data, let number) = source else { return }
        try data.check(for: forecaster, known: 0)
        guard options.data != nil, let expected = found.checkpoint.expectedValues else { return }
        try data.complaint(about: number..<number + 1, trainedOn: expected).map(warn)
    }

    private func warnOfNoNumbers(in forecasts: [[Float]]) {
        let wrong = forecasts.reduce(0) { $0 + $1.count { !$0.isFinite } }, all = forecasts.reduce(0) { $0 + $1.count }
        if wrong > 0 {
            warn(
                "\(wrong) of \(all) forecast numbers are not finite, since the network's sums grow too large; forecast "
                    + "fewer --frames, or use a network that was trained with a lower learning rate")
        }
    }
}
