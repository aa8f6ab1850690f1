// Helpers that read, compare and fill tensors.

import Randomness
import Kernels

/// Returns the elements in memory order.
package func numbers<S: Scalar>(_ tensor: Tensor<S>) -> [S] {
    let span = tensor.span
    return span.indices.map { span[$0] }
}

/// Returns the largest absolute difference of two tensors of the same size.
package func worstDifference<S: Scalar>(_ a: Tensor<S>, _ b: Tensor<S>) -> Double {
    precondition(a.count == b.count, "\(a.shape) compared with \(b.shape)")
    return zip(numbers(a), numbers(b)).map { Double(abs($0 - $1)) }.max() ?? 0
}

/// Fills a tensor with numbers uniform in [-scale, scale].
package func fill<S: Scalar>(_ tensor: Tensor<S>, seed: UInt64, scale: Double = 1) {
    var stream = RandomStream(seed, 77), numbers = tensor.mutableSpan
    for i in numbers.indices { numbers[i] = S(stream.uniform(-scale, scale)) }
}
