// The numbers of a tensor, to compare.

import Randomness
import Kernels

/// In memory order.
package func numbers<S: Scalar>(_ tensor: Tensor<S>) -> [S] {
    let span = tensor.span
    return span.indices.map { span[$0] }
}

/// The largest absolute difference of two tensors of one size.
package func worstDifference<S: Scalar>(_ a: Tensor<S>, _ b: Tensor<S>) -> Double {
    precondition(a.count == b.count, "\(a.shape) compared with \(b.shape)")
    return zip(numbers(a), numbers(b)).map { Double(abs($0 - $1)) }.max() ?? 0
}

/// Numbers uniform in [-scale, scale].
package func fill<S: Scalar>(_ tensor: Tensor<S>, seed: UInt64, scale: Double = 1) {
    var stream = RandomStream(seed, 77), numbers = tensor.mutableSpan
    for i in numbers.indices { numbers[i] = S(stream.uniform(-scale, scale)) }
}
