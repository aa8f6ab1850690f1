import Foundation
import Kernels
import Model
import Testing

/// The losses against their definitions, and the shares of a global batch against the whole.
@Suite struct LossTests {
    private let p: [Double] = [0.1, 0.5, 0.9, 1.0], y: [Double] = [0, 1, 0.5, 1]

    private func tensor(_ numbers: [Double]) -> Tensor<Double> {
        let tensor = Tensor<Double>(numbers.count)
        var span = tensor.mutableSpan
        for i in numbers.indices { span[i] = numbers[i] }
        return tensor
    }

    private func evaluate(_ loss: Loss, sequences: Int = 1) -> Double {
        let scale = loss.scale(sequences: sequences, numbers: p.count / sequences)
        return loss.evaluate(tensor(p), tensor(y), scale: scale, gradient: nil)
    }

    @Test func definitions() {
        let squares = 0.01 + 0.25 + 0.16
        #expect(abs(evaluate(.meanSquaredError) - squares / 4) < 1e-15)
        #expect(abs(evaluate(.halfSumOfSquares) - squares / 2) < 1e-15)
        let entropy = -(log(0.9) + log(0.5) + 0.5 * log(0.9) + 0.5 * log(0.1) + log(1 - 1e-7)) / 4
        #expect(abs(evaluate(.binaryCrossEntropy) - entropy) < 1e-12)
    }

    @Test func onlySumsAreReportedPerSequence() {
        #expect(Loss.halfSumOfSquares.reported(6, sequences: 3) == 2)
        #expect(Loss.meanSquaredError.reported(6, sequences: 3) == 6)
    }

    /// Ranks with unequal shares add up to the loss of the whole batch.
    @Test(arguments: Loss.allCases) func sharesAddUp(loss: Loss) {
        let scale = loss.scale(sequences: 4, numbers: 1)
        let shares = [0..<3, 3..<4].map { share in
            loss.evaluate(tensor(Array(p[share])), tensor(Array(y[share])), scale: scale, gradient: nil)
        }
        #expect(abs(shares.reduce(0, +) - evaluate(loss, sequences: 4)) < 1e-15)
    }
}
