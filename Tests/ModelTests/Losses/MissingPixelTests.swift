import Foundation
import Kernels
import Model
import NetworkTestSupport
import Testing

/// Losses of targets of which some pixels are missing.
@Suite struct MissingPixelTests {
    private let p: [Double] = [0.1, 0.5, 0.9, 0.75, 0.2, 0.6]
    private let y: [Double] = [0, .nan, 0.5, 1, .nan, 0.3]

    private func tensor(_ numbers: [Double]) -> Tensor<Double> {
        let tensor = Tensor<Double>(numbers.count)
        var span = tensor.mutableSpan
        for i in numbers.indices { span[i] = numbers[i] }
        return tensor
    }

    /// The same pixels without those whose truth is missing.
    private var known: (p: [Double], y: [Double]) {
        let there = y.indices.filter { !y[$0].isNaN }
        return (there.map { p[$0] }, there.map { y[$0] })
    }

    @Test(arguments: LossTests.all) func theyAreInNoSum(loss: Loss) {
        let scale = loss.scale(sequences: 1, frames: 1, elements: p.count), gradient = tensor(p)
        let found = loss.evaluate(tensor(p), tensor(y), scale: scale, gradient: gradient)
        let whole = tensor(known.p),
            expected = loss.evaluate(
                tensor(known.p), tensor(known.y), scale: scale, gradient: whole)
        #expect(found.value == expected.value && found.valid == 4 && expected.valid == 4)
        #expect([gradient.span[1], gradient.span[4]] == [0, 0])
        #expect([0, 2, 3, 5].map { gradient.span[$0] } == (0..<4).map { whole.span[$0] })
    }

    /// A mean divides by the pixels that are there, whatever the ranks have that counted them.
    @Test(arguments: LossTests.all) func aMeanIsOverThePixelsThatAreThere(loss: Loss) {
        let scale = loss.scale(sequences: 1, frames: 2, elements: p.count)
        let parts = [0..<1, 1..<5, 5..<6].map { range in
            loss.evaluate(tensor(Array(p[range])), tensor(Array(y[range])), scale: scale, gradient: nil)
        }
        let sum = parts.reduce(LossSum(), +), found = sum.value * loss.correction(valid: sum.valid, of: p.count)
        let isMean = [.mean, .sumOfFrameMeans].contains(loss.reduction)
        let ownScale = isMean ? loss.scale(sequences: 1, frames: 2, elements: known.p.count) : scale
        let expected = loss.evaluate(tensor(known.p), tensor(known.y), scale: ownScale, gradient: nil).value
        #expect(abs(found - expected) < 1e-12 * expected)
    }

    @Test(arguments: LossTests.all) func whereAllAreMissingTheLossIsZero(loss: Loss) {
        let gradient = tensor(p), nothing = tensor(p.map { _ in .nan })
        let found = loss.evaluate(tensor(p), nothing, scale: 1, gradient: gradient)
        #expect(found == LossSum() && (0..<p.count).allSatisfy { gradient.span[$0] == 0 })
        #expect(loss.correction(valid: 0, of: p.count).isFinite)
    }

    /// What is missing nowhere changes no bit of a loss.
    @Test func withoutMissingPixelsNothingIsCorrected() {
        for loss in LossTests.all { #expect(loss.correction(valid: 12, of: 12) == 1) }
    }
}

/// The weighted loss of HKO-7.
@Suite struct BalancedLossTests {
    /// An 8 x 8 frame with one missing pixel, whose B-MSE and B-MAE are known (160.76 and 265.4), in the units of the
    /// radar images: rain of 2, 5, 10 and 30 mm/h has the values .462426, .551110, .618197 and .724527 there.
    @Test func itIsTheSumOfBothBalancedErrors() throws {
        let p = Tensor<Double>(64), y = Tensor<Double>(64)
        var prediction = p.mutableSpan, truth = y.mutableSpan
        for i in 0..<8 {
            for j in 0..<8 {
                let tenths = (prediction: (5 * i + 4 * j + 2) % 11, truth: (7 * i + 3 * j) % 11)
                prediction[8 * i + j] = Double(tenths.prediction) / 10
                truth[8 * i + j] = Double(tenths.truth) / 10
            }
        }
        truth[2] = .nan
        let pixels = [2: 0.462426, 5: 0.551110, 10: 0.618197, 30: 0.724527]
        let loss = Loss(error: .balanced, reduction: .frameSum).weighted { pixels[Int($0)]! }
        let found = loss.evaluate(p, y, scale: 1, gradient: nil)
        #expect(abs(found.value - (160.76 + 265.4)) < 1e-9 && found.valid == 63)
        let squares = Loss(error: .squared, weights: loss.weights).evaluate(p, y, scale: 1, gradient: nil)
        #expect(abs(squares.value - 160.76) < 1e-9)
        #expect(abs(Loss(error: .squared).evaluate(p, y, scale: 1, gradient: nil).value - 11.7) < 1e-9)
    }

    @Test(arguments: Loss.PixelError.allCases) func weightedGradientsAgreeWithDifferences(error: Loss.PixelError) {
        let loss = Loss(error: error, weights: LossWeights(thresholds: [0.2, 0.5], values: [1, 3, 0.5]))
        let p = Tensor<Double>(12), gradient = Tensor<Double>(12), y = Tensor<Double>(12)
        fill(p, seed: 4, scale: 0.1)
        var prediction = p.mutableSpan, truth = y.mutableSpan
        for i in 0..<12 { (prediction[i], truth[i]) = (prediction[i] + 0.5, i % 4 == 3 ? .nan : Double(i) / 12) }
        // A prediction far from its truth, so that no difference crosses a kink.
        for i in 0..<12 where abs(prediction[i] - truth[i]) < 0.05 { prediction[i] = truth[i] + 0.1 }
        let (worst, _) = worstGradientError(of: [("p", p, gradient)]) { withGradient in
            loss.evaluate(p, y, scale: 0.7, gradient: withGradient ? gradient : nil).value
        }
        #expect(worst < 1e-6)
    }

    /// A pixel that has reached a threshold has the weight above it.
    @Test func aThresholdBelongsToTheRainAboveIt() {
        let p = Tensor<Double>(3), y = Tensor<Double>(3)
        var prediction = p.mutableSpan, truth = y.mutableSpan
        for i in 0..<3 { (prediction[i], truth[i]) = (Double(i) / 4 + 1, Double(i) / 4) }
        let weights = LossWeights(thresholds: [0.25, 0.5], values: [1, 10, 100])
        let found = Loss(error: .absolute, weights: weights).evaluate(p, y, scale: 1, gradient: nil)
        #expect(found.value == 111)
    }

    @Test func weightsThatAreNoneAreSaid() {
        #expect(LossWeights.hko7.problem == nil)
        #expect(LossWeights(thresholds: [1], values: [1]).problem?.contains("one value more") == true)
        #expect(LossWeights(thresholds: [2, 1], values: [1, 1, 1]).problem?.contains("ascend") == true)
        #expect(LossWeights(thresholds: [1], values: [1, -1]).problem?.contains("below 0") == true)
    }
}
