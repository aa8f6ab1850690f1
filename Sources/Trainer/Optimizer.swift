// Adam over the flat vectors. The choice: one pass over values, gradient and both moments, with what depends on the step
// alone worked out before it in double precision.

import Foundation
import Kernels
import Model

/// The moments of the gradient, and how many updates they have seen.
package struct Optimizer: Sendable {
    package let description: OptimizerDescription

    /// Decaying means of the gradient and of its square.
    package let m, v: ParameterVector<Float>

    /// Updates made.
    package var step = 0

    package init(_ description: OptimizerDescription, layout: ParameterLayout) {
        self.description = description
        (m, v) = (ParameterVector(layout), ParameterVector(layout))
    }

    //     m := beta1 m + (1 - beta1) g         v := beta2 v + (1 - beta2) g^2
    //     p := p - rate m / (sqrt(v) correction + epsilon)
    //
    // paper:      rate = lr / (1 - beta1^t),                    correction = 1 / sqrt(1 - beta2^t)
    // TensorFlow: rate = lr sqrt(1 - beta2^t) / (1 - beta1^t),  correction = 1

    /// Moves the values against the gradient.
    package mutating func update(
        _ values: ParameterVector<Float>, along gradient: ParameterVector<Float>, learningRate: Double
    ) {
        step += 1
        let d = description
        let bias1 = 1 - pow(d.beta1, Double(step)), root2 = (1 - pow(d.beta2, Double(step))).squareRoot()
        let isPaper = d.form == .paper
        adam(
            values.flat, gradient.flat, m.flat, v.flat, beta1: Float(d.beta1), rest1: Float(1 - d.beta1),
            beta2: Float(d.beta2), rest2: Float(1 - d.beta2), rate: Float(learningRate * (isPaper ? 1 : root2) / bias1),
            correction: Float(isPaper ? 1 / root2 : 1), epsilon: Float(d.epsilon))
    }
}

private func adam(
    _ values: Tensor<Float>, _ gradient: Tensor<Float>, _ m: Tensor<Float>, _ v: Tensor<Float>, beta1: Float,
    rest1: Float, beta2: Float, rest2: Float, rate: Float, correction: Float, epsilon: Float
) {
    let g = gradient.span
    var p = values.mutableSpan, m = m.mutableSpan, v = v.mutableSpan
    precondition(p.count == g.count && m.count == g.count && v.count == g.count, "vectors of one layout")
    for i in g.indices {
        m[i] = beta1 * m[i] + rest1 * g[i]
        v[i] = beta2 * v[i] + rest2 * g[i] * g[i]
        p[i] -= rate * m[i] / (v[i].squareRoot() * correction + epsilon)
    }
}

/// The Euclidean norm of a gradient, which is scaled down to `limit` where that is smaller.
///
/// Returns the norm before scaling. A norm that is not finite leaves the gradient as it is.
package func clip(_ gradient: ParameterVector<Float>, toNorm limit: Double?) -> Double {
    let norm = sumOfSquares(gradient.flat).squareRoot()
    if let limit, norm > limit, norm.isFinite { scale(gradient.flat, by: Float(limit / norm)) }
    return norm
}
