// The forecasts that a report shows, and their quality beside baselines. The choice: the first sequences of the validation
// split, as many as a few seconds allow, always the same ones, so that two reports compare.

import Collectives
import Configuration
import DataLoading
import Forecasting
import Formats
import Kernels
import Model
import Reports
import Shards
import Supervision
import Trainer

/// Forecasts of the best checkpoint of a run.
struct ShownForecasts {
    /// What is shown, in a sentence.
    let caption: String

    private let network, lastFrame: FrameMetrics
    private let examples: [Example]

    /// The first sequences, whatever their quality.
    private let first: [Example]
    private let frame: FeatureShape
    private let colors: ColorScale

    /// A sequence that is shown, with its quality.
    private struct Example {
        var name: String
        var input, truth, forecast: [Float]
        var metrics: FrameMetrics
    }

    /// The most sequences, and the most values of them, that are forecast.
    private static let most = (sequences: 16, values: 4_000_000)

    /// Forecasts with the best checkpoint, or the newest if there was no validation.
    ///
    /// Throws why there are no forecasts to show.
    init(of store: CheckpointStore, on pool: ThreadPool) throws {
        try Self.requireMemory(toRead: store)
        guard var found = try store.best() else {
            throw TrainingError("no checkpoint can be used")
        }
        var configuration = found.checkpoint.configuration
        configuration.data = try found.dataPlace()
        let data = try DataSet(of: configuration), frames = configuration.model.sequences.forecastFrames
        let step = found.checkpoint.position.step, range = found.checkpoint.valueRange
        let convention = configuration.model.metrics
        let forecaster = try found.takeForecaster(
            frames: frames, of: data.forecastFrames, on: pool, SoloCommunicator())
        try data.check(for: forecaster, known: frames)
        let split: Split = data.range(of: .validation).isEmpty ? .test : .validation
        let size = data.frame.count * (forecaster.inputFrames + frames)
        let sequences = data.range(of: split).prefix(max(3, min(Self.most.sequences, Self.most.values / size)))
        guard !sequences.isEmpty else { throw TrainingError("\(data.name) has no sequences to validate or to test") }
        try MemoryBudget.require(
            forecaster.memory(forecasting: sequences.count, threads: pool.size), threads: pool.size,
            on: SoloCommunicator(), remedy: Self.remedy)
        let geometry = data.source.geometry
        func metrics() throws -> FrameMetrics {
            try FrameMetrics(
                frames: frames, height: geometry.height, width: geometry.width, channels: geometry.channels,
                convention: convention)
        }
        let seen = forecaster.inputFrames * data.frame.count, unit = ValueScale(range, maxValue: 1)
        let truths = try sequences.map { try data.source.sequence($0) }
        let pasts = try data.source.inputs.map { inputs in try sequences.map { try inputs.sequence($0) } } ?? truths
        let forecasts = try forecaster.forecasts(after: pasts.map { Array($0[..<seen]) }, on: pool)
        var (network, lastFrame, examples) = (try metrics(), try metrics(), [Example]())
        for (place, number) in sequences.enumerated() {
            let input = Array(pasts[place][..<seen]),
                truth = Array(truths[place][seen..<seen + frames * data.frame.count])
            let last = input.suffix(data.frame.count), scaledTruth = truth.scaled(by: unit)
            var own = try metrics()
            try own.add(prediction: forecasts[place].scaled(by: unit).span, truth: scaledTruth.span)
            network.sums = zip(network.sums, own.sums).map(+)
            let still = Array((0..<frames).map { _ in last }.joined())
            try lastFrame.add(prediction: still.scaled(by: unit).span, truth: scaledTruth.span)
            examples.append(
                Example(
                    name: "sequence \(number - sequences.startIndex)", input: input, truth: truth,
                    forecast: forecasts[place],
                    metrics: own))
        }
        (self.network, self.lastFrame, frame) = (network, lastFrame, data.frame)
        self.examples = Self.worstMedianBest(examples)
        first = Array(examples.prefix(3))
        colors = ColorScale(unit: data.source.unit, range: range)
        caption =
            "\(frames) frames after \(forecaster.inputFrames), by the checkpoint of step \(step); of \(counted(sequences.count, "sequence")) "
            + "of the \(split.rawValue) split of \(data.name)"
    }

    /// Throws where a checkpoint would not fit into memory: a run that trains here has been counted, and its report has not.
    ///
    /// A file is read whole, unpacked, and becomes parameters and what forecasts compute with.
    private static func requireMemory(toRead store: CheckpointStore) throws {
        guard let step = try store.steps.last else { return }
        let file = try InputFile(path: store.folder + "/" + Checkpoint.fileName(step: step))
        try MemoryBudget.require(6 * file.size + (64 << 20), on: SoloCommunicator(), remedy: remedy)
    }

    private static let remedy = "the forecasts are left out"

    /// The sequences with the highest, the middle and the lowest squared error.
    private static func worstMedianBest(_ examples: [Example]) -> [Example] {
        let sorted = examples.sorted { $0.metrics.average.meanSquaredError > $1.metrics.average.meanSquaredError }
        var places = [(0, "worst"), (sorted.count / 2, "median"), (sorted.count - 1, "best")]
        if sorted.count < 3 { places = sorted.indices.map { ($0, "") } }
        return places.map { place, name in
            var example = sorted[place]
            if !name.isEmpty { example.name = "\(name): \(example.name)" }
            return example
        }
    }

    private func strip(of example: Example) -> PredictionStrip {
        PredictionStrip(
            input: example.input, truth: example.truth, prediction: example.forecast, height: frame.height,
            width: frame.width, channels: frame.channels, scale: colors)
    }

    /// Strips of the first sequences.
    var pictures: [ReportPicture] {
        first.enumerated().map { place, example in ReportPicture(name: "\(place)", strip(of: example).picture()) }
    }

    var players: [FilmPlayer] {
        examples.map { example in
            let strip = strip(of: example)
            let average = example.metrics.average
            let scores = (0..<example.metrics.frames).map { Self.words(example.metrics[$0]) }
            return FilmPlayer("\(example.name), \(Self.words(average))", strip, scores: scores)
        }
    }

    private static func words(_ scores: FrameScores) -> String {
        "MSE \(RunReport.short(scores.squaredErrorPerFrame)), SSIM \(RunReport.short(scores.structuralSimilarity))"
    }

    /// The quality of each frame, beside that of the last input frame.
    var charts: [Chart] {
        func chart(_ title: String, _ value: (FrameScores) -> Double) -> Chart {
            func points(_ metrics: FrameMetrics) -> [Chart.Point] {
                (0..<metrics.frames).map { Chart.Point(Double($0 + 1), value(metrics[$0])) }
            }
            return Chart(
                title, over: "forecast frame",
                [Chart.Series("network", points(network)), Chart.Series("last frame", points(lastFrame))])
        }
        return [chart("MSE, summed over a frame", \.squaredErrorPerFrame), chart("SSIM", \.structuralSimilarity)]
    }

    var table: HTML {
        let rows = (0..<network.frames).map { frame -> [String] in
            let (own, last) = (network[frame], lastFrame[frame])
            return ["\(frame + 1)"]
                + [
                    own.squaredErrorPerFrame, last.squaredErrorPerFrame, own.structuralSimilarity,
                    last.structuralSimilarity,
                ].map(RunReport.short)
        }
        let header = ["frame", "MSE", "MSE of the last frame", "SSIM", "SSIM of the last frame"]
        return "<details><summary>numbers</summary>\(.table(header, rows))</details>"
    }
}
