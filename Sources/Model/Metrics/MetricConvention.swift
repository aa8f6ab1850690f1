// The evaluation conventions of published systems. The choice: a convention says which pixels each metric sees, and the
// metrics are the same for all, so that differences between conventions can be traced to a stated cause.

/// A quantity that compares a predicted frame with the true one.
package enum Metric: Int, CaseIterable, Sendable {
    case squaredError, absoluteError, peakSignalToNoiseRatio, structuralSimilarity
}

/// The convention by which a system's published results were computed. Pixels are scaled to [0, 1] first.
package enum MetricConvention: String, Codable, CaseIterable, Sendable {
    /// Unmodified frames in float64, with their own data range.
    case standard

    /// thuml/predrnn-pytorch, core/trainer.py: the prediction is clipped first, and SSIM and PSNR compare bytes. It
    /// reports no MAE; ours is that of the clipped prediction.
    case predrnn

    /// OpenSTL, core/metrics.py with scikit-image up to 0.19: errors of the unmodified prediction, then SSIM and PSNR
    /// of the clipped one. That scikit-image computes the SSIM of float frames with the data range 2, for values from
    /// -1 to 1.
    case openstl

    /// lyqcom/convlstm, test.py on aarch64: SSIM compares bytes of the unclipped prediction, in which a pixel above 1
    /// wraps and turns dark. It reports no PSNR; ours uses the same pixels as its MSE.
    case mindspore

    /// `mindspore` without that wraparound: SSIM sees the clipped prediction.
    case mindsporeClipped = "mindspore-clipped"

    /// The names of precipitation nowcasting, which differ in `scores` alone: these metrics are the standard ones.
    ///
    /// sxjscience/HKO-7, nowcasting/hko_evaluation.py: balanced errors are sums over a frame, ratios are averaged over
    /// lead times.
    case hko7

    /// MIT-AI-Accelerator/neurips-2020-sevir: ratios are averaged over lead times, then over thresholds.
    case sevir

    /// pysteps/verification: an event of contingency tables is x > t, and FSS takes missing pixels for dry ones.
    case pysteps

    /// Returns the pixels that a metric sees of a prediction and its truth.
    package func pixels(of measure: Metric) -> MeasuredPixels {
        switch (self, measure) {
        case (.standard, _), (.hko7, _), (.sevir, _), (.pysteps, _):
            MeasuredPixels()
        case (.predrnn, .squaredError), (.predrnn, .absoluteError):
            MeasuredPixels(clipsPrediction: true)
        case (.predrnn, .peakSignalToNoiseRatio), (.predrnn, .structuralSimilarity):
            MeasuredPixels(clipsPrediction: true, type: .uint8, dataRange: 255)
        case (.openstl, .squaredError), (.openstl, .absoluteError):
            MeasuredPixels()
        case (.openstl, .peakSignalToNoiseRatio):
            MeasuredPixels(clipsPrediction: true)
        case (.openstl, .structuralSimilarity):
            MeasuredPixels(clipsPrediction: true, type: .float32, dataRange: 2)
        case (.mindspore, .absoluteError), (.mindsporeClipped, .absoluteError):
            MeasuredPixels()
        case (.mindspore, .squaredError), (.mindsporeClipped, .squaredError),
            (.mindspore, .peakSignalToNoiseRatio), (.mindsporeClipped, .peakSignalToNoiseRatio):
            MeasuredPixels(clipsTruth: true)
        case (.mindspore, .structuralSimilarity):
            MeasuredPixels(clipsTruth: true, type: .uint8, dataRange: 255)
        case (.mindsporeClipped, .structuralSimilarity):
            MeasuredPixels(clipsPrediction: true, clipsTruth: true, type: .uint8, dataRange: 255)
        }
    }

    /// Whether errors are also reported per sequence, as sums over its frames.
    package var sumsErrorsOverFrames: Bool { self == .predrnn }
}
