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

    /// All results so far, as sums: the number of sequences, then for each frame its four values, and the counts over
    /// which they are means. The sum over ranks merges their results.
    package var sums: [Double]

    /// What is counted of each frame.
    private enum Count: Int, CaseIterable {
        /// The pixels of all sequences that are missing neither in the prediction nor in the truth.
        case pixels

        /// The sequences with any such pixel in the frame.
        case present

        /// The sequences with any window of SSIM without a missing pixel.
        case withWindows
    }

    /// The number of sums for each frame.
    private static let sumsOfFrame = Metric.allCases.count + Count.allCases.count

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
        sums = [Double](repeating: 0, count: 1 + frames * Self.sumsOfFrame)
    }

    /// The number of sequences that have been added.
    package var sequences: Int { Int(sums[0]) }

    /// The share of all pixels that counted; NaN before the first sequence.
    package var counted: Double { sum(.pixels, over: 0..<frames) / (sums[0] * Double(frames) * Double(pixels)) }

    /// Adds one sequence; both spans have shape (T, H, W, C) and pixels scaled to [0, 1].
    ///
    /// A pixel that is NaN in either is missing: it is in no sum, and SSIM has no window around it.
    package mutating func add(prediction: Span<Float>, truth: Span<Float>) throws(MetricsError) {
        precondition(prediction.count == frames * pixels, "a sequence is T x H x W x C pixels")
        precondition(truth.count == prediction.count, "a prediction has one truth")
        for frame in 0..<frames {
            let range = frame * pixels..<(frame + 1) * pixels
            try add(prediction.extracting(range), truth.extracting(range), to: frame)
        }
        sums[0] += 1
    }

    private mutating func add(_ prediction: Span<Float>, _ truth: Span<Float>, to frame: Int) throws(MetricsError) {
        let missing = MissingPixels(prediction, truth), present = pixels - (missing?.count ?? 0)
        guard present > 0 else { return }
        sums[index(frame, .pixels)] += Double(present)
        sums[index(frame, .present)] += 1
        for measure in Metric.allCases {
            guard let value = try value(of: measure, prediction, truth, missing) else { continue }
            sums[index(frame, measure)] += value
            if measure == .structuralSimilarity { sums[index(frame, .withWindows)] += 1 }
        }
    }

    /// The metrics of one frame, averaged over all sequences; NaN where nothing counted.
    package subscript(frame: Int) -> FrameScores { scores(over: frame..<frame + 1) }

    /// The metrics averaged over all frames.
    package var average: FrameScores { scores(over: 0..<frames) }

    private var pixels: Int { height * width * channels }

    private func index(_ frame: Int, _ measure: Metric) -> Int { 1 + frame * Self.sumsOfFrame + measure.rawValue }

    private func index(_ frame: Int, _ count: Count) -> Int {
        1 + frame * Self.sumsOfFrame + Metric.allCases.count + count.rawValue
    }

    private func sum(_ measure: Metric, over frames: Range<Int>) -> Double {
        frames.reduce(0) { $0 + sums[index($1, measure)] }
    }

    private func sum(_ count: Count, over frames: Range<Int>) -> Double {
        frames.reduce(0) { $0 + sums[index($1, count)] }
    }

    /// The value of a frame; nil if SSIM has no window.
    private func value(
        of measure: Metric, _ prediction: Span<Float>, _ truth: Span<Float>, _ missing: MissingPixels?
    ) throws(MetricsError) -> Double? {
        let form = convention.pixels(of: measure)
        let predicted = form.prediction(prediction), actual = form.truth(truth)
        if measure == .structuralSimilarity {
            return try form.type == .float32
                ? similarity(predicted.span, to: actual.span, missing, form: form, in: Float.self)
                : similarity(predicted.span, to: actual.span, missing, form: form, in: Double.self)
        }
        let one = missing?.others(of: predicted) ?? predicted, other = missing?.others(of: actual) ?? actual
        switch measure {
        case .absoluteError:
            return absoluteErrorSum(one.span, other.span)
        case .squaredError:
            return squaredErrorSum(one.span, other.span)
        case .peakSignalToNoiseRatio, .structuralSimilarity:
            let error = squaredErrorSum(one.span, other.span) / Double(one.count)
            return peakSignalToNoiseRatio(meanSquaredError: error, dataRange: form.dataRange)
        }
    }

    private func similarity(
        _ prediction: Span<Float>, to truth: Span<Float>, _ missing: MissingPixels?, form: MeasuredPixels,
        in type: (some Scalar).Type
    ) throws(MetricsError) -> Double? {
        let windows = try similarityOfWindows(
            prediction, truth, missing, height: height, width: width, channels: channels, dataRange: form.dataRange,
            in: type)
        return windows.count == 0 ? nil : windows.sum / Double(windows.count)
    }

    /// Means over some frames. An error of frames with missing pixels is brought to that of whole ones.
    private func scores(over range: Range<Int>) -> FrameScores {
        let all = sums[0] * Double(range.count), whole = all * Double(pixels) / sum(.pixels, over: range)
        let squared = sum(.squaredError, over: range) / all * whole
        let absolute = sum(.absoluteError, over: range) / all * whole
        return FrameScores(
            meanSquaredError: squared / Double(pixels),
            meanAbsoluteError: absolute / Double(pixels),
            squaredErrorPerFrame: squared,
            absoluteErrorPerFrame: absolute,
            peakSignalToNoiseRatio: sum(.peakSignalToNoiseRatio, over: range) / sum(.present, over: range),
            structuralSimilarity: sum(.structuralSimilarity, over: range) / sum(.withWindows, over: range))
    }
}
