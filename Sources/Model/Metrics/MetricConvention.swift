// How the systems of the field measure forecasts. The choice: a convention says what each measure sees of two frames,
// and the measures are the same for all; so figures of two conventions differ for a reason that one can read.

/// What is measured of a predicted frame and the true one.
package enum Metric: Int, CaseIterable, Sendable {
    case squaredError, absoluteError, peakSignalToNoiseRatio, structuralSimilarity
}

/// The way in which a system's published figures were measured. Pixels are scaled to [0, 1] before.
package enum MetricConvention: String, Codable, CaseIterable, Sendable {
    /// Frames as they are, in float64, with the data range that they have.
    case standard

    /// thuml/predrnn-pytorch, core/trainer.py: the prediction is clipped first, and SSIM and PSNR compare bytes. It
    /// gives no MAE; ours is that of the clipped prediction.
    case predrnn

    /// OpenSTL, core/metrics.py with scikit-image up to 0.19: errors of the prediction as it is, then SSIM and PSNR of
    /// the clipped one. That scikit-image gives SSIM of float frames the range 2, for values from -1 to 1.
    case openstl

    /// lyqcom/convlstm, test.py on aarch64: SSIM compares bytes made of the unclipped prediction, where a pixel above 1
    /// comes out dark. It gives no PSNR; ours sees what its MSE sees.
    case mindspore

    /// `mindspore` without that accident: SSIM sees the clipped prediction.
    case mindsporeClipped = "mindspore-clipped"

    /// What a measure sees of a prediction and its truth.
    package func pixels(of measure: Metric) -> MeasuredPixels {
        switch (self, measure) {
        case (.standard, _):
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

    /// Whether errors are also given per sequence, as sums over its frames.
    package var sumsErrorsOverFrames: Bool { self == .predrnn }
}
