// What training makes small, as a value and with its gradient.
//
// The loss of a global batch is a sum over all its numbers times one scale. So each rank computes the sum over its own
// sequences, and the sum over ranks is the loss of the global batch whatever the shares.

import Foundation
import Kernels

/// A loss, by name.
package enum Loss: String, Codable, Sendable, CaseIterable {
    /// The mean over all numbers of (p - y)^2.
    case meanSquaredError

    /// The mean over all numbers of -(y log p + (1 - y) log(1 - p)), with p clipped to [1e-7, 1 - 1e-7].
    ///
    /// Source: Keras' `binary_crossentropy`.
    case binaryCrossEntropy

    /// Half the sum over all numbers of (p - y)^2; reported per sequence.
    ///
    /// Source: TensorFlow's `l2_loss`, as neural-scene trains with it.
    case halfSumOfSquares

    /// What the sum over the numbers of a batch is multiplied with, where the gradient is taken.
    ///
    /// - Parameters:
    ///   - sequences: the sequences of the whole global batch.
    ///   - numbers: of one sequence's output.
    package func scale(sequences: Int, numbers: Int) -> Double {
        self == .halfSumOfSquares ? 1 : 1 / (Double(sequences) * Double(numbers))
    }

    /// The figure to report for a loss of `sequences` sequences.
    package func reported(_ loss: Double, sequences: Int) -> Double {
        self == .halfSumOfSquares ? loss / Double(sequences) : loss
    }

    /// The loss of some sequences, and its gradient.
    ///
    /// - Parameters:
    ///   - prediction: p, of any shape.
    ///   - target: y, of the same shape.
    ///   - scale: see `scale(sequences:numbers:)`.
    ///   - gradient: overwritten with scale times the derivative; nil where it is not wanted.
    package func evaluate<S: Scalar>(
        _ prediction: Tensor<S>, _ target: Tensor<S>, scale: Double, gradient: Tensor<S>?
    ) -> Double {
        switch self {
        case .meanSquaredError: scale * squares(prediction, target, factor: 2 * scale, gradient)
        case .halfSumOfSquares: scale / 2 * squares(prediction, target, factor: scale, gradient)
        case .binaryCrossEntropy: scale * crossEntropy(prediction, target, factor: scale, gradient)
        }
    }
}

/// The sum of (p - y)^2; gradient = factor (p - y).
@specialized(where S == Float)
@specialized(where S == Double)
private func squares<S: Scalar>(
    _ prediction: Tensor<S>, _ target: Tensor<S>, factor: Double, _ gradient: Tensor<S>?
) -> Double {
    reduce(prediction, target, gradient) { p, y in
        let difference = p - y
        return (Double(difference * difference), S(factor) * difference)
    }
}

/// The sum of the cross entropies; gradient = factor (p - y) / (p (1 - p)), zero where p was clipped.
@specialized(where S == Float)
@specialized(where S == Double)
private func crossEntropy<S: Scalar>(
    _ prediction: Tensor<S>, _ target: Tensor<S>, factor: Double, _ gradient: Tensor<S>?
) -> Double {
    let least = S(1e-7), most = 1 - least
    return reduce(prediction, target, gradient) { p, y in
        let q = min(max(p, least), most)
        let entropy = -(Double(y) * log(Double(q)) + (1 - Double(y)) * log(1 - Double(q)))
        return (entropy, p == q ? S(factor) * (q - y) / (q * (1 - q)) : 0)
    }
}

/// Adds up the first results in double precision, and writes the second ones into the gradient.
@inline(__always)
private func reduce<S: Scalar>(
    _ prediction: Tensor<S>, _ target: Tensor<S>, _ gradient: Tensor<S>?, _ term: (S, S) -> (Double, S)
) -> Double {
    precondition(prediction.count == target.count, "\(prediction.shape) compared with \(target.shape)")
    let p = prediction.span, y = target.span
    var sum = 0.0
    guard let gradient else {
        for i in p.indices { sum += term(p[i], y[i]).0 }
        return sum
    }
    var dp = gradient.mutableSpan
    precondition(dp.count == p.count)
    for i in p.indices {
        let (value, slope) = term(p[i], y[i])
        sum += value
        dp[i] = slope
    }
    return sum
}
