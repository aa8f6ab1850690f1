import Foundation
import Model
import TestSupport
import Testing

/// Frames and their metrics by scikit-image, written by Fixtures/make-metrics.py.
struct MetricsFixture: Decodable, CustomTestStringConvertible {
    var name: String
    var height, width, channels: Int
    var dataRange: Double
    var type: String
    var truth, prediction: [Float]
    var squaredErrorSum, absoluteErrorSum, psnr, ssim: Double

    var testDescription: String { name }

    static let all: [MetricsFixture] = try! decodedFixture("metrics.json")

    func similarity() throws -> Double {
        try type == "float32"
            ? structuralSimilarity(
                prediction.span, truth.span, height: height, width: width, channels: channels, dataRange: dataRange,
                in: Float.self)
            : structuralSimilarity(
                prediction.span, truth.span, height: height, width: width, channels: channels, dataRange: dataRange,
                in: Double.self)
    }
}

/// Decodes a JSON file of Fixtures.
func decodedFixture<Value: Decodable>(_ name: String) throws -> Value {
    try JSONDecoder().decode(Value.self, from: Data(contentsOf: Repository.fixture(name, of: "ModelTests")))
}

@Suite struct MetricsTests {
    @Test(arguments: MetricsFixture.all) func framesScoreAsInScikitImage(_ fixture: MetricsFixture) throws {
        let squared = squaredErrorSum(fixture.prediction.span, fixture.truth.span)
        let absolute = absoluteErrorSum(fixture.prediction.span, fixture.truth.span)
        let pixels = Double(fixture.truth.count)
        let psnr = peakSignalToNoiseRatio(meanSquaredError: squared / pixels, dataRange: fixture.dataRange)
        #expect(abs(squared - fixture.squaredErrorSum) <= 1e-9 * fixture.squaredErrorSum)
        #expect(abs(absolute - fixture.absoluteErrorSum) < 1e-9 * pixels * fixture.dataRange)
        #expect(abs(psnr - fixture.psnr) < 1e-6)
        #expect(abs(try fixture.similarity() - fixture.ssim) < 1e-6)
    }

    @Test(arguments: MetricsFixture.all)
    func similarityIsSymmetricAndOneForEqualFrames(_ fixture: MetricsFixture) throws {
        var swapped = fixture, same = fixture
        swap(&swapped.prediction, &swapped.truth)
        same.prediction = same.truth
        let rounding = fixture.type == "float32" ? 1e-6 : 1e-12
        #expect(abs(try swapped.similarity() - fixture.similarity()) < rounding)
        #expect(abs(try same.similarity() - 1) < rounding)
        #expect(peakSignalToNoiseRatio(meanSquaredError: 0, dataRange: 1) == .infinity)
    }

    @Test(arguments: [(6, 7), (7, 6), (0, 0)]) func framesWithoutAWindowAreAnError(height: Int, width: Int) {
        let frame = [Float](repeating: 0, count: height * width)
        let expected = MetricsError.frameTooSmall(height: height, width: width)
        #expect(throws: expected) {
            try structuralSimilarity(
                frame.span, frame.span, height: height, width: width, dataRange: 1, in: Double.self)
        }
        #expect(throws: expected) { try FrameMetrics(frames: 1, height: height, width: width, convention: .standard) }
        #expect(expected.description.contains("\(height) x \(width)"))
    }
}

@Suite struct FrameMetricsTests {
    /// Returns a sequence of two frames of 8 x 8. The second frame of sequence k is off by (k + 1) / 16 everywhere.
    private func sequence(_ number: Int) -> (prediction: [Float], truth: [Float]) {
        let truth = (0..<128).map { Float(($0 * 37 + number * 11) % 64) / 128 }
        let offset = Float(number + 1) / 16
        return (truth.enumerated().map { $0 < 64 ? $1 + 1 / 32 : $1 + offset }, truth)
    }

    private func measured(_ numbers: Range<Int>) throws -> FrameMetrics {
        var metrics = try FrameMetrics(frames: 2, height: 8, width: 8, convention: .standard)
        for number in numbers {
            let (prediction, truth) = sequence(number)
            try metrics.add(prediction: prediction.span, truth: truth.span)
        }
        return metrics
    }

    @Test func eachFrameHasItsOwnMeans() throws {
        let metrics = try measured(0..<3)
        #expect(metrics.sequences == 3)
        #expect(abs(metrics[0].meanAbsoluteError - 1.0 / 32) < 1e-9)
        #expect(abs(metrics[0].absoluteErrorPerFrame - 2) < 1e-9)
        #expect(abs(metrics[0].peakSignalToNoiseRatio - 20 * log10(32)) < 1e-9)
        #expect(abs(metrics[1].meanSquaredError - (1.0 + 4 + 9) / 3 / 256) < 1e-9)
        #expect(abs(metrics[1].squaredErrorPerFrame - 64 * (1.0 + 4 + 9) / 3 / 256) < 1e-9)
        let decibels = [1.0, 2, 3].map { 20 * log10(16 / $0) }
        #expect(abs(metrics[1].peakSignalToNoiseRatio - decibels.reduce(0, +) / 3) < 1e-9)
        #expect(metrics[0].structuralSimilarity > metrics[1].structuralSimilarity)
    }

    @Test func theAverageIsThatOfTheFrames() throws {
        let metrics = try measured(0..<3), (first, second) = (metrics[0], metrics[1])
        let average = metrics.average
        #expect(abs(average.meanSquaredError - (first.meanSquaredError + second.meanSquaredError) / 2) < 1e-12)
        #expect(
            abs(average.structuralSimilarity - (first.structuralSimilarity + second.structuralSimilarity) / 2) < 1e-12)
    }

    @Test func sumsOfRanksAreTheSumsOfAllSequences() throws {
        let whole = try measured(0..<5)
        var merged = try measured(0..<2)
        merged.sums = zip(merged.sums, try measured(2..<5).sums).map(+)
        #expect(merged.sequences == 5)
        for (one, other) in zip(merged.sums, whole.sums) { #expect(abs(one - other) < 1e-9) }
    }
}
