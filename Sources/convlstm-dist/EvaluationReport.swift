// An evaluation as people and as programs read it. The choice: each measure's baselines stand beside it, so that a row says
// at a glance whether the network is worth its training.

import Foundation
import Model
import Reports
import Shards
import Trainer

/// What `evaluate` prints; as JSON, its properties in snake case.
struct EvaluationReport: Encodable {
    let checkpoint: String
    let step: Int
    let model: String
    let data: String
    let split: Split
    let sequences: Int
    let inputFrames: Int
    let outputFrames: Int
    /// What SSIM and PSNR refer to.
    let dataRange: Double
    let forecast: Scores
    let copyLastFrame: Scores
    let meanImage: Scores?

    /// One predictor's scores.
    struct Scores: Encodable {
        let mean: FrameFigures
        let frames: [FrameFigures]

        init(_ metrics: FrameMetrics) {
            mean = FrameFigures(metrics.average)
            frames = (0..<metrics.frames).map { FrameFigures(metrics[$0]) }
        }
    }

    init(
        _ evaluation: Evaluation, _ found: CheckpointStore.Found, _ data: DataSet, _ split: Split, inputFrames: Int
    ) {
        checkpoint = found.path
        step = found.checkpoint.position.step
        model = found.checkpoint.configuration.model.name
        self.data = data.name
        self.split = split
        sequences = evaluation.model.sequences
        self.inputFrames = inputFrames
        outputFrames = evaluation.model.frames
        dataRange = evaluation.model.dataRange
        forecast = Scores(evaluation.model)
        copyLastFrame = Scores(evaluation.lastFrame)
        meanImage = evaluation.meanImage.map(Scores.init)
    }
}

/// The scores of a frame under the names of the field's tables.
struct FrameFigures: Encodable {
    /// Sums over a frame's pixels.
    let mse, mae: Double
    let ssim: Double
    /// Infinite where a frame was forecast exactly.
    let psnr: Double
    let msePerPixel, maePerPixel: Double

    init(_ scores: FrameScores) {
        (mse, mae) = (scores.squaredErrorPerFrame, scores.absoluteErrorPerFrame)
        (ssim, psnr) = (scores.structuralSimilarity, scores.peakSignalToNoiseRatio)
        (msePerPixel, maePerPixel) = (scores.meanSquaredError, scores.meanAbsoluteError)
    }

    enum CodingKeys: CodingKey { case mse, mae, ssim, psnr, msePerPixel, maePerPixel }

    /// JSON has no infinity: an infinite PSNR is null.
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
        \(checkpoint): \(model) after step \(step)
        \(sequences) \(split.rawValue) sequences of \(data), \(outputFrames) frames forecast from \(inputFrames)

        \(table)
        Pixels are scaled to [0, 1]. MSE and MAE are sums over a frame's pixels; SSIM and PSNR have data range \(dataRange).
        last: the last frame seen, again and again. mean: the mean frame of the training sequences.

        """
    }

    private var table: Table {
        let measures = ["MSE", "MAE", "SSIM", "PSNR"]
        var table = Table(["frame"] + measures.flatMap { [$0, "last"] + (meanImage == nil ? [] : ["mean"]) })
        for frame in 0..<outputFrames {
            table.add(["\(inputFrames + frame + 1)"] + cells { $0.frames[frame] })
        }
        table.add(["mean"] + cells { $0.mean })
        return table
    }

    private func cells(_ figures: (Scores) -> FrameFigures) -> [String] {
        let rows = [forecast, copyLastFrame, meanImage].compactMap { $0 }.map(figures)
        return rows.map { String(format: "%.2f", $0.mse) } + rows.map { String(format: "%.1f", $0.mae) }
            + rows.map { String(format: "%.4f", $0.ssim) } + rows.map { String(format: "%.2f", $0.psnr) }
    }
}
