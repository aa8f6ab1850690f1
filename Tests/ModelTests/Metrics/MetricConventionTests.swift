import Foundation
import Model
import Testing

/// A batch with values outside [0, 1], and its metrics by numpy and scikit-image; written by Fixtures/make-metrics.py.
struct ConventionsFixture: Decodable {
    /// The metrics of each frame.
    struct Figures: Decodable {
        var mse, mae, ssim, psnr: [Double]
    }

    var sequences, frames, height, width, channels: Int
    var truth, prediction: [[Float]]
    var results: [String: Figures]

    static let shared: ConventionsFixture = try! decodedFixture("metric-conventions.json")

    func measured(_ numbers: Range<Int>, _ convention: MetricConvention) throws -> FrameMetrics {
        var metrics = try FrameMetrics(
            frames: frames, height: height, width: width, channels: channels, convention: convention)
        for number in numbers {
            let predicted = prediction[number], actual = truth[number]
            try metrics.add(prediction: predicted.span, truth: actual.span)
        }
        return metrics
    }
}

@Suite struct MetricConventionTests {
    private let fixture = ConventionsFixture.shared

    /// The conventions of nowcasting differ in scores alone.
    @Test(arguments: MetricConvention.allCases) func figuresAreThoseOfTheSource(_ convention: MetricConvention) throws {
        let metrics = try fixture.measured(0..<fixture.sequences, convention)
        let isOfNowcasting = [.hko7, .sevir, .pysteps].contains(convention)
        let expected = try #require(fixture.results[isOfNowcasting ? "standard" : convention.rawValue])
        for frame in 0..<fixture.frames {
            let scores = metrics[frame]
            #expect(abs(scores.squaredErrorPerFrame - expected.mse[frame]) < 1e-6 * expected.mse[frame])
            #expect(abs(scores.absoluteErrorPerFrame - expected.mae[frame]) < 1e-6 * expected.mae[frame])
            #expect(abs(scores.structuralSimilarity - expected.ssim[frame]) < 1e-6)
            #expect(abs(scores.peakSignalToNoiseRatio - expected.psnr[frame]) < 1e-6)
        }
        #expect(abs(metrics.average.structuralSimilarity - expected.ssim.reduce(0, +) / 2) < 1e-6)
    }

    /// The SSIM of this frame is different in float64.
    @Test func openstlRoundsToFloat32() throws {
        let frame = try #require(MetricsFixture.all.first { $0.name == "float32, nearly white, range 2" })
        var metrics = try FrameMetrics(
            frames: 1, height: frame.height, width: frame.width, channels: frame.channels, convention: .openstl)
        try metrics.add(prediction: frame.prediction.span, truth: frame.truth.span)
        #expect(abs(metrics[0].structuralSimilarity - frame.ssim) < 1e-7)
    }

    @Test(arguments: MetricConvention.allCases) func ranksAddTheirSums(_ convention: MetricConvention) throws {
        let whole = try fixture.measured(0..<3, convention)
        var merged = try fixture.measured(0..<1, convention)
        merged.sums = zip(merged.sums, try fixture.measured(1..<3, convention).sums).map(+)
        #expect(merged.sequences == 3)
        for (one, other) in zip(merged.sums, whole.sums) { #expect(abs(one - other) < 1e-9 * abs(other)) }
    }

    /// 1.1 becomes 280, which wraps to 24; negative values and infinity also give a byte.
    @Test func bytesOutsideTheirRangeWrapOrBecomeZero() throws {
        func similarity(_ pixel: Float, _ convention: MetricConvention, to truth: Float) throws -> Double {
            var metrics = try FrameMetrics(frames: 1, height: 7, width: 7, convention: convention)
            let predicted = [Float](repeating: pixel, count: 49), actual = [Float](repeating: truth, count: 49)
            try metrics.add(prediction: predicted.span, truth: actual.span)
            return metrics[0].structuralSimilarity
        }
        #expect(try similarity(1.1, .mindspore, to: 24.5 / 255) == 1)
        #expect(try similarity(1.1, .mindsporeClipped, to: 1) == 1)
        for pixel in [-0.5, -.infinity] as [Float] { #expect(try similarity(pixel, .mindspore, to: 0) == 1) }
        for pixel in [.infinity, 1e30] as [Float] { #expect(try similarity(pixel, .mindspore, to: 0).isFinite) }
        #expect(try similarity(-0.5, .predrnn, to: 0) == 1)
    }
}
