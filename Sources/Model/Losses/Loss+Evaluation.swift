// The sum of the errors of some sequences, and its derivative. The choice: value and derivative of an error stand side by
// side, and one loop serves all errors.
//
//     L = scale * sum over pixels with a truth of w(y) e(p, y)

import Foundation
import Kernels

/// A part of the loss of a global batch.
package struct LossSum: Sendable, Equatable {
    package var value: Double

    /// The number of pixels that are in it: those whose truth is not missing.
    package var valid: Int

    package init(value: Double = 0, valid: Int = 0) { (self.value, self.valid) = (value, valid) }

    package static func + (one: LossSum, other: LossSum) -> LossSum {
        LossSum(value: one.value + other.value, valid: one.valid + other.valid)
    }
}

extension Loss {
    /// Returns the loss of some sequences and computes its gradient.
    ///
    /// - Parameters:
    ///   - prediction: p, of any shape.
    ///   - target: y, of the same shape; NaN where the truth is missing.
    ///   - scale: see `scale(sequences:frames:elements:)`.
    ///   - gradient: overwritten with scale times the derivative, which is 0 where the truth is missing; nil if not
    ///     needed.
    package func evaluate<S: Scalar>(
        _ prediction: Tensor<S>, _ target: Tensor<S>, scale: Double, gradient: Tensor<S>?
    ) -> LossSum {
        let sum =
            switch error {
            case .squared: squares(prediction, target, weights, factor: 2 * scale, gradient: gradient)
            case .absolute: distances(prediction, target, weights, factor: scale, gradient: gradient)
            case .crossEntropy: crossEntropy(prediction, target, weights, factor: scale, gradient: gradient)
            case .balanced: squaresAndDistances(prediction, target, weights, factor: scale, gradient: gradient)
            }
        return LossSum(value: scale * sum.value, valid: sum.valid)
    }
}

/// Returns the sum of w (p - y)^2; gradient = factor w (p - y).
@specialized(where S == Float)
@specialized(where S == Double)
private func squares<S: Scalar>(
    _ prediction: Tensor<S>, _ target: Tensor<S>, _ weights: LossWeights?, factor: Double, gradient: Tensor<S>?
) -> LossSum {
    reduce(prediction, target, weights, gradient: gradient) { p, y in
        let difference = p - y
        return (Double(difference * difference), S(factor) * difference)
    }
}

/// Returns the sum of w |p - y|; gradient = factor w sign(p - y).
@specialized(where S == Float)
@specialized(where S == Double)
private func distances<S: Scalar>(
    _ prediction: Tensor<S>, _ target: Tensor<S>, _ weights: LossWeights?, factor: Double, gradient: Tensor<S>?
) -> LossSum {
    reduce(prediction, target, weights, gradient: gradient) { p, y in
        let difference = p - y
        return (Double(abs(difference)), difference > 0 ? S(factor) : difference < 0 ? -S(factor) : 0)
    }
}

/// Returns the sum of the weighted cross entropies; gradient = factor w (p - y) / (p (1 - p)), zero where p was
/// clipped.
@specialized(where S == Float)
@specialized(where S == Double)
private func crossEntropy<S: Scalar>(
    _ prediction: Tensor<S>, _ target: Tensor<S>, _ weights: LossWeights?, factor: Double, gradient: Tensor<S>?
) -> LossSum {
    let least = S(1e-7), most = 1 - least
    return reduce(prediction, target, weights, gradient: gradient) { p, y in
        let q = min(max(p, least), most)
        let entropy = -(Double(y) * log(Double(q)) + (1 - Double(y)) * log(1 - Double(q)))
        return (entropy, p == q ? S(factor) * (q - y) / (q * (1 - q)) : 0)
    }
}

/// Returns the sum of w ((p - y)^2 + |p - y|); gradient = factor w (2 (p - y) + sign(p - y)).
@specialized(where S == Float)
@specialized(where S == Double)
private func squaresAndDistances<S: Scalar>(
    _ prediction: Tensor<S>, _ target: Tensor<S>, _ weights: LossWeights?, factor: Double, gradient: Tensor<S>?
) -> LossSum {
    reduce(prediction, target, weights, gradient: gradient) { p, y in
        let difference = p - y, sign: S = difference > 0 ? 1 : difference < 0 ? -1 : 0
        return (Double(difference * difference + abs(difference)), S(factor) * (2 * difference + sign))
    }
}

/// Sums the first results of `term` in double precision, and writes the second ones to the gradient. Pixels without a
/// truth are passed over.
@inline(__always)
private func reduce<S: Scalar>(
    _ prediction: Tensor<S>, _ target: Tensor<S>, _ weights: LossWeights?, gradient: Tensor<S>?,
    term: (S, S) -> (Double, S)
) -> LossSum {
    precondition(prediction.count == target.count, "\(prediction.shape) compared with \(target.shape)")
    let p = prediction.span, y = target.span
    var sum = 0.0, missing = 0

    /// Adds a pixel to the sum and returns its slope.
    @inline(__always)
    func add(_ i: Int) -> S {
        guard !y[i].isNaN else {
            missing += 1
            return 0
        }
        let (value, slope) = term(p[i], y[i])
        guard let weights else {
            sum += value
            return slope
        }
        let w = weights.weight(of: Double(y[i]))
        sum += w * value
        return S(w) * slope
    }

    if let gradient {
        var dp = gradient.mutableSpan
        precondition(dp.count == p.count)
        for i in p.indices { dp[i] = add(i) }
    } else {
        for i in p.indices { _ = add(i) }
    }
    return LossSum(value: sum, valid: p.count - missing)
}
