// How a gradient is clipped: each number first, then the norm of what that leaves. The choice: nothing is written; the
// update applies both on its way over the gradient.

import Kernels
import Model

/// What a gradient's clipping comes to.
package struct Clipping {
    /// The Euclidean norm before any clipping.
    package let norm: Double

    package let clip: GradientClip

    /// Measures a gradient. One that is not finite is not scaled.
    ///
    /// - Parameters:
    ///   - limit: the most that each number may be, either way: PyTorch's `clip_grad_value_`.
    ///   - normLimit: the most that the norm may be after that.
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
