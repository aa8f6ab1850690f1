// The quality of predicted sequences, frame by frame. The choice: all results are sums in one flat vector, so that an
// all-reduce merges the results of ranks that evaluated different sequences.

import Kernels

/// The metrics of one frame of the predictions, or of all frames together, averaged over sequences.
package struct FrameScores: Equatable, Sendable, Codable {
    /// The squared error, averaged over pixels.
    package var meanSquaredError: Double
    /// The absolute error, averaged over pixels.
    package var meanAbsoluteError: Double
    /// The squared error, summed over a frame's pixels: the MSE of tables on Moving MNIST.
    package var squaredErrorPerFrame: Double
    /// The absolute error, summed over a frame's pixels: the MAE of tables on Moving MNIST.
    package var absoluteErrorPerFrame: Double
    /// The PSNR in decibels, averaged over sequences; infinite as soon as one frame is predicted exactly.
    package var peakSignalToNoiseRatio: Double
    /// The SSIM, averaged over sequences.
    package var structuralSimilarity: Double
}

/// Accumulates the errors of predicted sequences of T frames of shape (H, W, C).
package struct FrameMetrics: Sendable {
    package let frames: Int
    package let height: Int
    package let width: Int
    package let channels: Int

    /// The pixels that each metric sees of the frames.
    package let convention: MetricConvention

    /// All results so far, as sums: the number of sequences, then four values per frame. The sum over ranks merges
    /// their results.
    package var sums: [Double]

    /// Throws `MetricsError` for frames too small for SSIM.
    package init(
        frames: Int, height: Int, width: Int, channels: Int = 1, convention: MetricConvention
    ) throws(MetricsError) {
        try checkSimilarityIsDefined(height: height, width: width)
        self.frames = frames
        self.height = height
        self.width = width
        self.channels = channels
        self.convention = convention
        sums = [Double](repeating: 0, count: 1 + frames * Metric.allCases.count)
    }

    /// The number of sequences that have been added.
    package var sequences: Int { Int(sums[0]) }

    /// Adds one sequence; both spans have shape (T, H, W, C) and pixels scaled to [0, 1].
    package mutating func add(prediction: Span<Float>, truth: Span<Float>) throws(MetricsError) {
        precondition(prediction.count == frames * pixels, "a sequence is T x H x W x C pixels")
        precondition(truth.count == prediction.count, "a prediction has one truth")
        for frame in 0..<frames {
            let range = frame * pixels..<(frame + 1) * pixels
            for measure in Metric.allCases {
                sums[index(frame, measure)] += try value(
                    of: measure, prediction.extracting(range), truth.extracting(range))
            }
        }
        sums[0] += 1
    }

    /// The metrics of one frame, averaged over all sequences; NaN before the first sequence.
    package subscript(frame: Int) -> FrameScores {
        scores { sums[index(frame, $0)] / sums[0] }
    }

    /// The metrics averaged over all frames.
    package var average: FrameScores {
        scores { measure in
            (0..<frames).reduce(0) { $0 + sums[index($1, measure)] } / (sums[0] * Double(frames))
        }
    }

    private var pixels: Int { height * width * channels }

    private func index(_ frame: Int, _ measure: Metric) -> Int {
        1 + frame * Metric.allCases.count + measure.rawValue
    }

    private func value(
        of measure: Metric, _ prediction: Span<Float>, _ truth: Span<Float>
    ) throws(MetricsError) -> Double {
        let form = convention.pixels(of: measure)
        let predicted = form.prediction(prediction), actual = form.truth(truth)
        switch measure {
        case .squaredError:
            return squaredErrorSum(predicted.span, actual.span)
        case .absoluteError:
            return absoluteErrorSum(predicted.span, actual.span)
        case .peakSignalToNoiseRatio:
            let error = squaredErrorSum(predicted.span, actual.span) / Double(pixels)
            return peakSignalToNoiseRatio(meanSquaredError: error, dataRange: form.dataRange)
        case .structuralSimilarity:
            return try form.type == .float32
                ? similarity(predicted.span, to: actual.span, form: form, in: Float.self)
                : similarity(predicted.span, to: actual.span, form: form, in: Double.self)
        }
    }

    private func similarity(
        _ prediction: Span<Float>, to truth: Span<Float>, form: MeasuredPixels, in type: (some Scalar).Type
    ) throws(MetricsError) -> Double {
        try structuralSimilarity(
            prediction, truth, height: height, width: width, channels: channels, dataRange: form.dataRange, in: type)
    }

    private func scores(_ mean: (Metric) -> Double) -> FrameScores {
        FrameScores(
            meanSquaredError: mean(.squaredError) / Double(pixels),
            meanAbsoluteError: mean(.absoluteError) / Double(pixels),
            squaredErrorPerFrame: mean(.squaredError),
            absoluteErrorPerFrame: mean(.absoluteError),
            peakSignalToNoiseRatio: mean(.peakSignalToNoiseRatio),
            structuralSimilarity: mean(.structuralSimilarity))
    }
}
