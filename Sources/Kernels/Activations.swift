// The logistic function and the hyperbolic tangent, forward and backward, sixteen numbers at a time.

/// 1 / (1 + e^-x).
@inline(__always)
func logistic<S: Scalar>(_ x: SIMD16<S>) -> SIMD16<S> {
    1 / (1 + S.exponential(-x))
}

/// tanh x = 2 logistic(2x) - 1.
@inline(__always)
func hyperbolicTangent<S: Scalar>(_ x: SIMD16<S>) -> SIMD16<S> {
    2 * logistic(x + x) - 1
}

/// What an activation stage applies to each number.
package enum Activation: String, Codable, Sendable, CaseIterable {
    case sigmoid, tanh

    /// y = activation(x); x and y may be the same tensor.
    package func forward<S: Scalar>(_ x: Tensor<S>, into y: Tensor<S>) {
        switch self {
        case .sigmoid: applyLogistic(x, y)
        case .tanh: applyTangent(x, y)
        }
    }

    /// dx = dy activation'(x), from the activation's output y; dx and dy may be the same tensor.
    package func backward<S: Scalar>(_ dy: Tensor<S>, output y: Tensor<S>, into dx: Tensor<S>) {
        switch self {
        case .sigmoid: applyLogisticGradient(dy, y, dx)
        case .tanh: applyTangentGradient(dy, y, dx)
        }
    }
}

@specialized(where S == Float)
@specialized(where S == Double)
private func applyLogistic<S: Scalar>(_ x: Tensor<S>, _ y: Tensor<S>) {
    precondition(x.count == y.count)
    let (x, y, count) = (x.pointer, y.pointer, x.count)
    forEachLanes(of: count) { at, n in logistic(SIMD16.load(x + at, n)).store(y + at, n) }
}

@specialized(where S == Float)
@specialized(where S == Double)
private func applyTangent<S: Scalar>(_ x: Tensor<S>, _ y: Tensor<S>) {
    precondition(x.count == y.count)
    let (x, y, count) = (x.pointer, y.pointer, x.count)
    forEachLanes(of: count) { at, n in hyperbolicTangent(SIMD16.load(x + at, n)).store(y + at, n) }
}

@specialized(where S == Float)
@specialized(where S == Double)
private func applyLogisticGradient<S: Scalar>(_ dy: Tensor<S>, _ y: Tensor<S>, _ dx: Tensor<S>) {
    precondition(dy.count == y.count && dx.count == y.count)
    let (dy, y, dx, count) = (dy.pointer, y.pointer, dx.pointer, y.count)
    forEachLanes(of: count) { at, n in
        let s = SIMD16.load(y + at, n)
        (SIMD16.load(dy + at, n) * s * (1 - s)).store(dx + at, n)
    }
}

@specialized(where S == Float)
@specialized(where S == Double)
private func applyTangentGradient<S: Scalar>(_ dy: Tensor<S>, _ y: Tensor<S>, _ dx: Tensor<S>) {
    precondition(dy.count == y.count && dx.count == y.count)
    let (dy, y, dx, count) = (dy.pointer, y.pointer, dx.pointer, y.count)
    forEachLanes(of: count) { at, n in
        let s = SIMD16.load(y + at, n)
        (SIMD16.load(dy + at, n) * (1 - s * s)).store(dx + at, n)
    }
}
