// What training makes small, as a value and with its gradient: an error of each number, and how the errors of a batch
// become one figure.
//
// The loss of a global batch is a sum over all its numbers times one scale. So each rank computes the sum over its own
// sequences, and the sum over ranks is the loss of the global batch whatever the shares.

import Foundation
import Kernels

/// A loss.
package struct Loss: Codable, Sendable, Equatable {
    package var error: PixelError
    package var reduction: Reduction

    package init(error: PixelError, reduction: Reduction = .mean) { (self.error, self.reduction) = (error, reduction) }

    /// How wrong a prediction p of a target y is.
    package enum PixelError: String, Codable, Sendable, CaseIterable {
        /// (p - y)^2.
        case squared

        /// |p - y|; its derivative is 0 where both are equal, as PyTorch has it.
        case absolute

        /// -(y log p + (1 - y) log(1 - p)), with p clipped to [1e-7, 1 - 1e-7].
        ///
        /// Source: Keras' `binary_crossentropy`.
        case crossEntropy
    }

    /// What is made of the errors of a batch.
    package enum Reduction: String, Codable, Sendable, CaseIterable {
        /// The mean over all numbers.
        case mean

        /// Half the sum over all numbers of all sequences; reported per sequence.
        ///
        /// Source: with squared errors TensorFlow's `l2_loss`, as neural-scene trains with it.
        case halvedSum = "sum/2"

        /// The sum over the output frames of each frame's mean; reported as the mean over frames.
        ///
        /// Source: the training loop of the Keras encoder-decoder, which adds up the losses of its frames.
        case sumOfFrameMeans

        /// Each frame's sum over its pixels, averaged over frames and sequences: the field's figure for Moving MNIST.
        case frameSum
    }
}

extension Loss {
    package static let meanSquaredError = Loss(error: .squared)
    package static let binaryCrossEntropy = Loss(error: .crossEntropy)
    package static let halvedSumOfSquares = Loss(error: .squared, reduction: .halvedSum)

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        error = try values.decode(PixelError.self, forKey: .error)
        reduction = try values.decode(.reduction, or: .mean)
    }
}

extension Loss {
    /// What the sum of a batch's errors is multiplied with, where the gradient is taken.
    ///
    /// - Parameters:
    ///   - sequences: the sequences of the whole global batch.
    ///   - frames: of one sequence's output.
    ///   - numbers: of one sequence's output, all frames together.
    package func scale(sequences: Int, frames: Int, elements: Int) -> Double {
        switch reduction {
        case .mean: 1 / (Double(sequences) * Double(elements))
        case .halvedSum: 0.5
        case .sumOfFrameMeans: Double(frames) / (Double(sequences) * Double(elements))
        case .frameSum: 1 / (Double(sequences) * Double(frames))
        }
    }

    /// The figure to report for a loss of `sequences` sequences with `frames` output frames each.
    package func reported(_ loss: Double, sequences: Int, frames: Int) -> Double {
        switch reduction {
        case .mean, .frameSum: loss
        case .halvedSum: loss / Double(sequences)
        case .sumOfFrameMeans: loss / Double(frames)
        }
    }

    /// The loss of some sequences, and its gradient.
    ///
    /// - Parameters:
    ///   - prediction: p, of any shape.
    ///   - target: y, of the same shape.
    ///   - scale: see `scale(sequences:frames:numbers:)`.
    ///   - gradient: overwritten with scale times the derivative; nil where it is not wanted.
    package func evaluate<S: Scalar>(
        _ prediction: Tensor<S>, _ target: Tensor<S>, scale: Double, gradient: Tensor<S>?
    ) -> Double {
        switch error {
        case .squared: scale * squares(prediction, target, factor: 2 * scale, gradient)
        case .absolute: scale * distances(prediction, target, factor: scale, gradient)
        case .crossEntropy: scale * crossEntropy(prediction, target, factor: scale, gradient)
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

/// The sum of |p - y|; gradient = factor sign(p - y).
@specialized(where S == Float)
@specialized(where S == Double)
private func distances<S: Scalar>(
    _ prediction: Tensor<S>, _ target: Tensor<S>, factor: Double, _ gradient: Tensor<S>?
) -> Double {
    reduce(prediction, target, gradient) { p, y in
        let difference = p - y
        return (Double(abs(difference)), difference > 0 ? S(factor) : difference < 0 ? -S(factor) : 0)
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
