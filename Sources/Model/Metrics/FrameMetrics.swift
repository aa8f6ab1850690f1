// The quality of predicted sequences, frame by frame. The choice: everything measured is a sum in one flat vector, so
// that ranks that measured different sequences add their vectors element by element.

import Kernels

/// What one frame of a prediction is worth on average, or all frames together.
package struct FrameScores: Equatable, Sendable, Codable {
    /// Squared error, mean over pixels.
    package var meanSquaredError: Double
    /// Absolute error, mean over pixels.
    package var meanAbsoluteError: Double
    /// Squared error, sum over a frame's pixels: what the tables on Moving MNIST call MSE.
    package var squaredErrorPerFrame: Double
    /// Absolute error, sum over a frame's pixels: what the tables on Moving MNIST call MAE.
    package var absoluteErrorPerFrame: Double
    /// Mean over sequences of the frame's PSNR in decibels; infinite as soon as one frame is predicted exactly.
    package var peakSignalToNoiseRatio: Double
    /// Mean over sequences of the frame's SSIM.
    package var structuralSimilarity: Double
}

/// Adds up the errors of predicted sequences of T frames of shape (H, W, C).
package struct FrameMetrics: Sendable {
    package let frames: Int
    package let height: Int
    package let width: Int
    package let channels: Int

    /// What each measure sees of the frames.
    package let convention: MetricConvention

    /// Everything measured so far, as sums: the number of sequences, then four numbers a frame. Summing it over ranks
    /// merges their measurements.
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

    /// How many sequences have been added.
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

    /// The scores of one frame over all sequences; not a number before the first sequence.
    package subscript(frame: Int) -> FrameScores {
        scores { sums[index(frame, $0)] / sums[0] }
    }

    /// The scores averaged over all frames.
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
                ? similarity(predicted.span, actual.span, form, in: Float.self)
                : similarity(predicted.span, actual.span, form, in: Double.self)
        }
    }

    private func similarity(
        _ prediction: Span<Float>, _ truth: Span<Float>, _ form: MeasuredPixels, in type: (some Scalar).Type
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
