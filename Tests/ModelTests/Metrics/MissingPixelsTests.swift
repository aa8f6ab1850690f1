import Model
import Testing

/// Metrics of frames in which some pixels are NaN.
@Suite struct MissingPixelsTests {
    private let height = 11, width = 12
    private let holes = [14, 15, 130]

    private func field(_ seed: Int) -> [Float] {
        (0..<height * width).map { Float(($0 * seed) % 101) / 101 }
    }

    private func measured(
        _ pairs: [(prediction: [Float], truth: [Float])], _ convention: MetricConvention = .standard
    ) throws -> FrameMetrics {
        var metrics = try FrameMetrics(frames: 1, height: height, width: width, convention: convention)
        for pair in pairs { try metrics.add(prediction: pair.prediction.span, truth: pair.truth.span) }
        return metrics
    }

    private func withHoles(_ field: [Float], _ holes: [Int]) -> [Float] {
        field.indices.map { holes.contains($0) ? .nan : field[$0] }
    }

    @Test func wholeFramesKeepEveryBit() throws {
        let (prediction, truth) = (field(37), field(53)), pixels = Double(height * width)
        let metrics = try measured([(prediction, truth)])
        let squared = squaredErrorSum(prediction.span, truth.span)
        #expect(metrics.counted == 1 && metrics[0].squaredErrorPerFrame == squared)
        #expect(metrics[0].absoluteErrorPerFrame == absoluteErrorSum(prediction.span, truth.span))
        #expect(metrics[0].meanSquaredError == squared / pixels)
        #expect(
            metrics[0].peakSignalToNoiseRatio
                == peakSignalToNoiseRatio(meanSquaredError: squared / pixels, dataRange: 1))
        let similarity = try structuralSimilarity(
            prediction.span, truth.span, height: height, width: width, dataRange: 1, in: Double.self)
        #expect(metrics[0].structuralSimilarity == similarity && metrics.average == metrics[0])
    }

    /// Whether the truth lacks a pixel or the prediction, and whatever else stands there.
    @Test(arguments: MetricConvention.allCases) func otherPixelsAreMeasured(convention: MetricConvention) throws {
        let (prediction, truth) = (field(37), field(53)), others = truth.indices.filter { !holes.contains($0) }
        let metrics = try measured([(prediction, withHoles(truth, holes))], convention)
        let plain = try measured([(prediction, truth)], convention)
        #expect(metrics.counted == Double(others.count) / Double(truth.count) && plain.counted == 1)
        let both = try measured([(withHoles(prediction, [14]), withHoles(truth, [15, 130]))], convention)
        #expect(both.sums == metrics.sums && metrics[0] != plain[0])
        if convention == .standard {
            let squared = others.reduce(0.0) { sum, i in
                sum + (Double(prediction[i]) - Double(truth[i])) * (Double(prediction[i]) - Double(truth[i]))
            }
            let mean = squared / Double(others.count)
            #expect(abs(metrics[0].meanSquaredError - mean) < 1e-15)
            #expect(abs(metrics[0].squaredErrorPerFrame - mean * Double(truth.count)) < 1e-12)
            #expect(
                abs(metrics[0].peakSignalToNoiseRatio - peakSignalToNoiseRatio(meanSquaredError: mean, dataRange: 1))
                    < 1e-12)
        }
    }

    /// The mean over the windows without a missing pixel, each measured as a frame of its own.
    @Test(arguments: [MetricConvention.standard, .openstl]) func windowsWithAMissingPixelAreNone(
        convention: MetricConvention
    ) throws {
        let (prediction, truth) = (field(37), field(53)), form = convention.pixels(of: .structuralSimilarity)
        var sum = 0.0, count = 0.0
        for row in 0...height - 7 {
            for column in 0...width - 7 {
                let window = (0..<7).flatMap { y in (0..<7).map { (row + y) * width + column + $0 } }
                guard !window.contains(where: holes.contains) else { continue }
                let one = window.map { prediction[$0] }, other = window.map { truth[$0] }
                sum += try structuralSimilarity(
                    one.span, other.span, height: 7, width: 7, dataRange: form.dataRange, in: Double.self)
                count += 1
            }
        }
        let metrics = try measured([(prediction, withHoles(truth, holes))], convention)
        #expect(count > 0 && count < 30)
        #expect(abs(metrics[0].structuralSimilarity - sum / count) < (form.type == .float32 ? 1e-5 : 1e-13))
    }

    /// A sequence without a pixel, or without a window, leaves the mean to the others.
    @Test func framesWithNothingLeftAreInNoMean() throws {
        let (prediction, truth) = (field(37), field(53)), nothing = truth.map { _ in Float.nan }
        let center = withHoles(truth, [5 * width + 6, 6 * width + 5, 4 * width + 5, 5 * width + 5])
        let whole = try measured([(prediction, truth)])
        let empty = try measured([(prediction, truth), (prediction, nothing)])
        #expect(empty.sequences == 2 && empty.counted == 0.5)
        #expect(empty[0].structuralSimilarity == whole[0].structuralSimilarity)
        #expect(empty[0].peakSignalToNoiseRatio == whole[0].peakSignalToNoiseRatio)
        #expect(abs(empty[0].squaredErrorPerFrame - whole[0].squaredErrorPerFrame) < 1e-12)
        let windowless = try measured([(prediction, center), (prediction, truth)])
        #expect(windowless[0].structuralSimilarity == whole[0].structuralSimilarity)
        #expect(windowless[0].peakSignalToNoiseRatio != whole[0].peakSignalToNoiseRatio)
        let none = try measured([(prediction, nothing)])
        #expect(none[0].meanSquaredError.isNaN && none[0].structuralSimilarity.isNaN && none.counted == 0)
    }
}
