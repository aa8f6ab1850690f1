// Gradient clipping: first by value, then by the norm of the result. The choice: the gradient is not rewritten;
// the update applies both as it reads the gradient.

import Kernels

/// The factors that clip a gradient.
package struct Clipping {
    /// The Euclidean norm before any clipping.
    package let norm: Double

    package let clip: GradientClip

    /// Computes the clipping of a gradient. A gradient that is not finite is not scaled.
    ///
    /// - Parameters:
    ///   - limit: the maximum magnitude of each element, as in PyTorch's `clip_grad_value_`.
    ///   - normLimit: the maximum norm after that.
    package init(
        _ gradient: ParameterVector<Float>, byValue limit: Double?, toNorm normLimit: Double?,
        on pool: ThreadPool = ThreadPool()
    ) {
        norm = pool.sumOfSquares(gradient.flat).squareRoot()
        let left = limit.map { pool.sumOfSquares(gradient.flat, within: Float($0)).squareRoot() } ?? norm
        let isTooLong = left.isFinite && left > normLimit ?? .infinity
        clip = GradientClip(
            limit: limit.map(Float.init) ?? .infinity, factor: isTooLong ? Float((normLimit ?? left) / left) : 1)
    }
}
