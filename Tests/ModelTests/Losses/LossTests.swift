import Foundation
import Kernels
import Model
import NetworkTestSupport
import Testing

/// The losses against their definitions, and the shares of a global batch against the whole.
@Suite struct LossTests {
    private let p: [Double] = [0.1, 0.5, 0.9, 1.0], y: [Double] = [0, 1, 0.5, 1]

    static let all = Loss.PixelError.allCases.flatMap { error in
        Loss.Reduction.allCases.map { Loss(error: error, reduction: $0) }
    }

    private func tensor(_ numbers: [Double]) -> Tensor<Double> {
        let tensor = Tensor<Double>(numbers.count)
        var span = tensor.mutableSpan
        for i in numbers.indices { span[i] = numbers[i] }
        return tensor
    }

    private func evaluate(_ loss: Loss, sequences: Int = 1, frames: Int = 1) -> Double {
        let scale = loss.scale(sequences: sequences, frames: frames, elements: p.count / sequences)
        return loss.evaluate(tensor(p), tensor(y), scale: scale, gradient: nil).value
    }

    @Test func errors() {
        #expect(abs(evaluate(.meanSquaredError) - (0.01 + 0.25 + 0.16) / 4) < 1e-15)
        #expect(abs(evaluate(Loss(error: .absolute)) - (0.1 + 0.5 + 0.4) / 4) < 1e-15)
        let entropy = -(log(0.9) + log(0.5) + 0.5 * log(0.9) + 0.5 * log(0.1) + log(1 - 1e-7)) / 4
        #expect(abs(evaluate(.binaryCrossEntropy) - entropy) < 1e-12)
    }

    /// Two sequences of two frames of one pixel each.
    @Test func reductions() {
        let squares = 0.01 + 0.25 + 0.16
        func both(_ reduction: Loss.Reduction) -> [Double] {
            let loss = Loss(error: .squared, reduction: reduction), value = evaluate(loss, sequences: 2, frames: 2)
            return [value, loss.reported(value, sequences: 2, frames: 2)]
        }
        func expect(_ found: [Double], _ expected: [Double]) {
            for (a, b) in zip(found, expected) { #expect(abs(a - b) < 1e-15) }
        }
        expect(both(.mean), [squares / 4, squares / 4])
        expect(both(.halvedSum), [squares / 2, squares / 4])
        expect(both(.sumOfFrameMeans), [squares / 2, squares / 4])
        expect(both(.frameSum), [squares / 4, squares / 4])
        let sums = Loss(error: .squared, reduction: .frameSum)
        #expect(abs(evaluate(sums, sequences: 1, frames: 2) - squares / 2) < 1e-15)
    }

    /// The losses of ranks with unequal shares sum to the loss of the whole batch.
    @Test(arguments: all) func sharesAddUp(loss: Loss) {
        let scale = loss.scale(sequences: 4, frames: 1, elements: 1)
        let shares = [0..<3, 3..<4].map { share in
            loss.evaluate(tensor(Array(p[share])), tensor(Array(y[share])), scale: scale, gradient: nil).value
        }
        #expect(abs(shares.reduce(0, +) - evaluate(loss, sequences: 4)) < 1e-15)
    }

    /// Predictions far enough from the targets that the differences cross no kink of an error.
    @Test(arguments: all) func gradientsAgreeWithDifferences(loss: Loss) {
        let prediction = Tensor<Double>(3, 2, 5, 1, 1), gradient = Tensor<Double>(shape: prediction.shape)
        let target = Tensor<Double>(shape: prediction.shape)
        fill(prediction, seed: 8, scale: 0.2)
        fill(target, seed: 9, scale: 0.1)
        var p = prediction.mutableSpan, y = target.mutableSpan
        for i in p.indices { (p[i], y[i]) = (p[i] + 0.5, y[i] + (i.isMultiple(of: 2) ? 0.1 : 0.9)) }
        let scale = loss.scale(sequences: 2, frames: 3, elements: 15)
        let (error, _) = worstGradientError(of: [("p", prediction, gradient)]) { withGradient in
            loss.evaluate(prediction, target, scale: scale, gradient: withGradient ? gradient : nil).value
        }
        #expect(error < 1e-6)
    }

    @Test(arguments: all) func lossesSurviveAFile(loss: Loss) throws {
        #expect(try JSONDecoder().decode(Loss.self, from: JSONEncoder().encode(loss)) == loss)
    }
}
