// The logistic function, the hyperbolic tangent and the leaky rectifier, forward and backward, sixteen numbers at a
// time. Backward reads the output, not the input, whose memory may therefore be the output's.

/// 1 / (1 + e^-x).
@inline(always)
func logistic<S: Scalar>(_ x: SIMD16<S>) -> SIMD16<S> {
    1 / (1 + S.exponential(-x))
}

/// What an activation layer applies to each number, and its slope as a function of the output.
package protocol PointwiseFunction: Sendable {
    /// y = f(x); x and y may be the same tensor.
    func forward<S: Scalar>(_ x: Tensor<S>, into y: Tensor<S>)

    /// dx = dy f'(x), from the output y = f(x); dx and dy may be the same tensor.
    func backward<S: Scalar>(_ dy: Tensor<S>, output y: Tensor<S>, into dx: Tensor<S>)
}

/// The activations that have no number of their own.
package enum Activation: String, Codable, CaseIterable, PointwiseFunction {
    case sigmoid, tanh

    package func forward<S: Scalar>(_ x: Tensor<S>, into y: Tensor<S>) {
        switch self {
        case .sigmoid: applyLogistic(x, y)
        case .tanh: applyTangent(x, y)
        }
    }

    package func backward<S: Scalar>(_ dy: Tensor<S>, output y: Tensor<S>, into dx: Tensor<S>) {
        switch self {
        case .sigmoid: applyLogisticGradient(dy, y, dx)
        case .tanh: applyTangentGradient(dy, y, dx)
        }
    }
}

/// x for x > 0, else slope x; the slope at 0 is `slope`, as in PyTorch.
package struct LeakyReLU: PointwiseFunction {
    package let slope: Double

    /// - Parameter slope: not negative, so that the output's sign is the input's.
    package init(slope: Double) {
        precondition(slope >= 0, "a leaky rectifier of slope \(slope)")
        self.slope = slope
    }

    package func forward<S: Scalar>(_ x: Tensor<S>, into y: Tensor<S>) {
        multiplyWhereNotPositive(x, x, by: S(slope), into: y)
    }

    package func backward<S: Scalar>(_ dy: Tensor<S>, output y: Tensor<S>, into dx: Tensor<S>) {
        multiplyWhereNotPositive(dy, y, by: S(slope), into: dx)
    }
}

/// z = a where b > 0, else factor a.
@specialized(where S == Float)
@specialized(where S == Double)
private func multiplyWhereNotPositive<S: Scalar>(_ a: Tensor<S>, _ b: Tensor<S>, by factor: S, into z: Tensor<S>) {
    precondition(a.count == b.count && a.count == z.count)
    let (a, b, z, count) = (a.pointer, b.pointer, z.pointer, a.count)
    forEachLanes(of: count) { at, n in
        let lanes = SIMD16.load(a + at, n)
        S.select(lanes, where: .zero, isBelow: SIMD16.load(b + at, n), else: lanes * factor).store(z + at, n)
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
    forEachLanes(of: count) { at, n in S.hyperbolicTangent(SIMD16.load(x + at, n)).store(y + at, n) }
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
