// The training loss and its gradient: an error per element, and a reduction of the errors of a batch to one value.
//
// The loss of a global batch is a sum over all its elements times one scale. The choice: each rank computes the sum
// over its own sequences, and the sum over ranks is the loss of the global batch, however the sequences are
// distributed.

import Foundation
import Kernels

/// A training loss: an error and its reduction.
package struct Loss: Codable, Sendable, Equatable {
    package var error: PixelError
    package var reduction: Reduction

    package init(error: PixelError, reduction: Reduction = .mean) { (self.error, self.reduction) = (error, reduction) }

    /// The error of a prediction p of a target y.
    package enum PixelError: String, Codable, Sendable, CaseIterable {
        /// The squared error, (p - y)^2.
        case squared

        /// The absolute error, |p - y|; its derivative is 0 where both are equal, as in PyTorch.
        case absolute

        /// The binary cross entropy, -(y log p + (1 - y) log(1 - p)), with p clipped to [1e-7, 1 - 1e-7].
        ///
        /// Source: Keras' `binary_crossentropy`.
        case crossEntropy
    }

    /// The reduction of the errors of a batch.
    package enum Reduction: String, Codable, Sendable, CaseIterable {
        /// The mean over all elements.
        case mean

        /// Half the sum over all elements of all sequences; it is reported per sequence.
        ///
        /// Source: with squared errors this is TensorFlow's `l2_loss`, as neural-scene trains with it.
        case halvedSum = "sum/2"

        /// The sum over the output frames of each frame's mean; it is reported as the mean over frames.
        ///
        /// Source: the training loop of the Keras encoder-decoder, which adds the losses of its frames.
        case sumOfFrameMeans

        /// Each frame's sum over its pixels, averaged over frames and sequences: the usual loss reported for Moving
        /// MNIST.
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
    /// Returns the factor that the sum of a batch's errors is multiplied by when the gradient is taken.
    ///
    /// - Parameters:
    ///   - sequences: the number of sequences in the global batch.
    ///   - frames: the number of output frames of one sequence.
    ///   - elements: the number of elements of one sequence's output, all frames together.
    package func scale(sequences: Int, frames: Int, elements: Int) -> Double {
        switch reduction {
        case .mean: 1 / (Double(sequences) * Double(elements))
        case .halvedSum: 0.5
        case .sumOfFrameMeans: Double(frames) / (Double(sequences) * Double(elements))
        case .frameSum: 1 / (Double(sequences) * Double(frames))
        }
    }

    /// Returns the value to report for a loss of `sequences` sequences with `frames` output frames each.
    package func reported(_ loss: Double, sequences: Int, frames: Int) -> Double {
        switch reduction {
        case .mean, .frameSum: loss
        case .halvedSum: loss / Double(sequences)
        case .sumOfFrameMeans: loss / Double(frames)
        }
    }

    /// Returns the loss of some sequences and computes its gradient.
    ///
    /// - Parameters:
    ///   - prediction: p, of any shape.
    ///   - target: y, of the same shape.
    ///   - scale: see `scale(sequences:frames:elements:)`.
    ///   - gradient: overwritten with scale times the derivative; nil if not needed.
    package func evaluate<S: Scalar>(
        _ prediction: Tensor<S>, _ target: Tensor<S>, scale: Double, gradient: Tensor<S>?
    ) -> Double {
        switch error {
        case .squared: scale * squares(prediction, target, factor: 2 * scale, gradient: gradient)
        case .absolute: scale * distances(prediction, target, factor: scale, gradient: gradient)
        case .crossEntropy: scale * crossEntropy(prediction, target, factor: scale, gradient: gradient)
        }
    }
}

/// Returns the sum of (p - y)^2; gradient = factor (p - y).
@specialized(where S == Float)
@specialized(where S == Double)
private func squares<S: Scalar>(
    _ prediction: Tensor<S>, _ target: Tensor<S>, factor: Double, gradient: Tensor<S>?
) -> Double {
    reduce(prediction, target, gradient: gradient) { p, y in
        let difference = p - y
        return (Double(difference * difference), S(factor) * difference)
    }
}

/// Returns the sum of |p - y|; gradient = factor sign(p - y).
@specialized(where S == Float)
@specialized(where S == Double)
private func distances<S: Scalar>(
    _ prediction: Tensor<S>, _ target: Tensor<S>, factor: Double, gradient: Tensor<S>?
) -> Double {
    reduce(prediction, target, gradient: gradient) { p, y in
        let difference = p - y
        return (Double(abs(difference)), difference > 0 ? S(factor) : difference < 0 ? -S(factor) : 0)
    }
}

/// Returns the sum of the cross entropies; gradient = factor (p - y) / (p (1 - p)), zero where p was clipped.
@specialized(where S == Float)
@specialized(where S == Double)
private func crossEntropy<S: Scalar>(
    _ prediction: Tensor<S>, _ target: Tensor<S>, factor: Double, gradient: Tensor<S>?
) -> Double {
    let least = S(1e-7), most = 1 - least
    return reduce(prediction, target, gradient: gradient) { p, y in
        let q = min(max(p, least), most)
        let entropy = -(Double(y) * log(Double(q)) + (1 - Double(y)) * log(1 - Double(q)))
        return (entropy, p == q ? S(factor) * (q - y) / (q * (1 - q)) : 0)
    }
}

/// Sums the first results of `term` in double precision, and writes the second ones to the gradient.
@inline(__always)
private func reduce<S: Scalar>(
    _ prediction: Tensor<S>, _ target: Tensor<S>, gradient: Tensor<S>?, term: (S, S) -> (Double, S)
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
