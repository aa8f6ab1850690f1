// An evaluation for people and for programs. The choice: each metric's baselines are beside it under one heading, and the best
// of them is marked, so that a row shows at a glance whether the network outperforms them.

import Configuration
import Forecasting
import DataLoading
import Foundation
import Model
import Reports
import Shards
import Trainer

/// The errors of an evaluation; as JSON, its properties are in snake case.
struct EvaluationReport: Encodable {
    let checkpoint: String?
    let step: Int?
    let model: String?
    let data: String
    let split: Split
    let sequences: Int
    let inputFrames: Int
    let outputFrames: Int
    let metrics: MetricConvention
    let ssimType, psnrType: MeasuredPixels.NumberType
    let ssimDataRange, psnrDataRange: Double
    let forecast: Scores?
    let copyLastFrame: Scores
    let meanImage: Scores?

    /// The forecasts of others, by their names; in JSON beside their scores.
    let others: [(name: String, errors: Scores)]

    enum CodingKeys: CodingKey {
        case checkpoint, step, model, data, split, sequences, inputFrames, outputFrames, metrics
        case ssimType, psnrType, ssimDataRange, psnrDataRange, forecast, copyLastFrame, meanImage
    }

    /// The scores of one predictor.
    struct Scores: Encodable {
        /// The share of pixels that counted, those that were missing neither in the forecast nor in the truth.
        let counted: Double
        let mean: FrameResults
        /// The errors over all frames of a sequence, if the convention defines them.
        let sum: SequenceErrors?
        let frames: [FrameResults]

        init(_ metrics: FrameMetrics) {
            counted = metrics.counted
            mean = FrameResults(metrics.average)
            frames = (0..<metrics.frames).map { FrameResults(metrics[$0]) }
            sum = metrics.convention.sumsErrorsOverFrames ? SequenceErrors(frames) : nil
        }
    }

    /// The errors of a whole sequence: sums over the pixels of all its frames.
    struct SequenceErrors: Encodable {
        let mse, mae: Double

        init(_ frames: [FrameResults]) {
            (mse, mae) = (frames.map(\.mse).reduce(0, +), frames.map(\.mae).reduce(0, +))
        }
    }

    /// - Parameters:
    ///   - found: the network's checkpoint; nil if there is none.
    ///   - others: the names of the forecasts of others.
    init(
        _ evaluation: Evaluation, of found: CheckpointStore.Found?, on data: DataSet, split: Split, inputFrames: Int,
        others: [String]
    ) {
        checkpoint = found?.path
        step = found?.checkpoint.position.step
        model = found?.checkpoint.configuration.model.name
        self.data = data.name
        self.split = split
        let last = evaluation.lastFrame.metrics
        sequences = last.sequences
        self.inputFrames = inputFrames
        outputFrames = last.frames
        metrics = last.convention
        let (ssim, psnr) = (metrics.pixels(of: .structuralSimilarity), metrics.pixels(of: .peakSignalToNoiseRatio))
        (ssimType, psnrType) = (ssim.type, psnr.type)
        (ssimDataRange, psnrDataRange) = (ssim.dataRange, psnr.dataRange)
        forecast = evaluation.model.map { Scores($0.metrics) }
        copyLastFrame = Scores(last)
        meanImage = evaluation.meanImage.map(Scores.init)
        self.others = zip(others, evaluation.others).map { ($0, Scores($1.metrics)) }
    }
}

/// The scores of a frame under the names used in the literature.
struct FrameResults: Encodable {
    /// Sums over a frame's pixels.
    let mse, mae: Double
    let ssim: Double
    /// The PSNR, infinite for a frame that was forecast exactly.
    let psnr: Double
    let msePerPixel, maePerPixel: Double

    init(_ scores: FrameScores) {
        (mse, mae) = (scores.squaredErrorPerFrame, scores.absoluteErrorPerFrame)
        (ssim, psnr) = (scores.structuralSimilarity, scores.peakSignalToNoiseRatio)
        (msePerPixel, maePerPixel) = (scores.meanSquaredError, scores.meanAbsoluteError)
    }

    enum CodingKeys: CodingKey { case mse, mae, ssim, psnr, msePerPixel, maePerPixel }

    /// Encodes an infinite PSNR as null, since JSON has no infinity.
    func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(mse, forKey: .mse)
        try values.encode(mae, forKey: .mae)
        try values.encode(ssim, forKey: .ssim)
        try values.encode(psnr.isFinite ? psnr : nil, forKey: .psnr)
        try values.encode(msePerPixel, forKey: .msePerPixel)
        try values.encode(maePerPixel, forKey: .maePerPixel)
    }
}

// For people

extension EvaluationReport {
    var text: String {
        """
        \(subject)\(counted(sequences, "\(split.rawValue) sequence")) of \(data), \
        \(counted(outputFrames, "frame")) forecast from \(inputFrames)

        \(table)
        Metrics: \(metrics.rawValue), on pixels scaled to [0, 1].
        MSE: sum over a frame's pixels, \(treatment(for: .squaredError)).
        MAE: sum over a frame's pixels, \(treatment(for: .absoluteError)).
        SSIM: 7 x 7 uniform window, sample covariance, \(treatment(for: .structuralSimilarity)).
        PSNR: mean of each frame's, \(treatment(for: .peakSignalToNoiseRatio)).
        \(bestInWords)last: the last frame seen, again and again. mean: the mean frame of the training sequences. a pixel: the mean per pixel.\(sumInWords)\(missingInWords)

        """
    }

    private var subject: String {
        guard let checkpoint, let model, let step else { return "" }
        return "\(checkpoint): \(model) after step \(step)\n"
    }

    private var names: [String] {
        (forecast == nil ? [] : ["network"]) + ["last"] + (meanImage == nil ? [] : ["mean"]) + others.map(\.name)
    }

    /// A metric's heading, how its numbers are written, and which of two is the better one.
    private typealias Column = (
        heading: String, format: String, isBetter: (Double, Double) -> Bool, value: (FrameResults) -> Double
    )

    private static var columns: [Column] {
        [
            ("MSE", "%.2f", (<), \.mse), ("MAE", "%.1f", (<), \.mae), ("SSIM", "%.4f", (>), \.ssim),
            ("PSNR", "%.2f", (>), \.psnr),
        ]
    }

    private var table: Table {
        var table = Table("frame", groups: Self.columns.map { ($0.heading, names) })
        for frame in 0..<outputFrames { table.add(["\(inputFrames + frame + 1)"] + cells { $0.frames[frame] }) }
        table.add(["mean"] + cells(\.mean))
        table.add(["a pixel"] + errors { [$0.mean.msePerPixel, $0.mean.maePerPixel] })
        if hasSums { table.add(["sum"] + errors { [$0.sum!.mse, $0.sum!.mae] }) }
        return table
    }

    private func cells(_ results: (Scores) -> FrameResults) -> [String] {
        let rows = predictors.map(results)
        return Self.columns.flatMap { column in
            let values = rows.map(column.value), best = values.filter { !$0.isNaN }.max { column.isBetter($1, $0) }
            return values.map { value in
                // A number, or a dash for a mean over nothing.
                guard !value.isNaN else { return "-" }
                return (value == best && values.count > 1 ? "*" : "") + String(format: column.format, value)
            }
        }
    }

    /// The cells of errors over something else than a frame, with blanks below SSIM and PSNR.
    private func errors(_ values: (Scores) -> [Double]) -> [String] {
        let rows = predictors.map(values)
        return [0, 1].flatMap { metric in rows.map { $0[metric].isNaN ? "-" : String(format: "%.5f", $0[metric]) } }
            + [String](repeating: "", count: 2 * rows.count)
    }

    private var hasSums: Bool { predictors.allSatisfy { $0.sum != nil } }

    private var bestInWords: String { predictors.count > 1 ? "*: the best of a row. " : "" }

    private var sumInWords: String { hasSums ? " sum: over a sequence's frames." : "" }

    private var missingInWords: String {
        guard predictors.contains(where: { $0.counted < 1 }) else { return "" }
        let shares = zip(names, predictors).map { "\($0) \(String(format: "%.1f %%", 100 * $1.counted))" }
        return "\nMissing pixels are in no metric; MSE and MAE are brought to whole frames. Counted: "
            + shares.joined(separator: ", ") + "."
    }

    private var predictors: [Scores] { [forecast, copyLastFrame, meanImage].compactMap { $0 } + others.map(\.errors) }

    /// A text such as "data range 255, uint8, forecasts clipped"; errors have no range.
    private func treatment(for measure: Metric) -> String {
        let pixels = metrics.pixels(of: measure)
        let hasRange = measure == .structuralSimilarity || measure == .peakSignalToNoiseRatio
        let range = hasRange ? "data range \(String(format: "%g", pixels.dataRange)), " : ""
        let clipped = (pixels.clipsPrediction ? ["forecasts"] : []) + (pixels.clipsTruth ? ["truths"] : [])
        let clipping = clipped.isEmpty ? "nothing clipped" : "\(clipped.joined(separator: " and ")) clipped"
        return "\(range)\(pixels.type.rawValue), \(clipping)"
    }
}
