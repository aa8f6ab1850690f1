// The logistic sigmoid, the hyperbolic tangent and the leaky ReLU, forward and backward.
// The choice: backward reads the output instead of the input, so that the output may overwrite the input.

/// The logistic sigmoid, 1 / (1 + e^-x).
@inline(always)
func logistic<V: Vector>(_ x: V) -> V {
    1 / (1 + V.exponential(-x))
}

/// The function that an activation layer applies to each element, and its derivative in terms of the output.
package protocol PointwiseFunction: Sendable {
    /// Computes y = f(x); x and y may be the same tensor.
    func forward<S: Scalar>(_ x: Tensor<S>, into y: Tensor<S>)

    /// Computes dx = dy f'(x) from the output y = f(x); dx and dy may be the same tensor.
    func backward<S: Scalar>(_ dy: Tensor<S>, output y: Tensor<S>, into dx: Tensor<S>)
}

/// The activations without a parameter.
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

/// The leaky ReLU: x for x > 0, else slope x. The derivative at 0 is `slope`, as in PyTorch.
package struct LeakyReLU: PointwiseFunction {
    package let slope: Double

    /// - Parameter slope: at least 0, so that the output has the sign of the input.
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

/// Computes z = a where b > 0, else factor a.
@specialized(where S == Float)
@specialized(where S == Double)
private func multiplyWhereNotPositive<S: Scalar>(_ a: Tensor<S>, _ b: Tensor<S>, by factor: S, into z: Tensor<S>) {
    precondition(a.count == b.count && a.count == z.count)
    let (a, b, z, count) = (a.pointer, b.pointer, z.pointer, a.count)
    S.Vector.forEach(of: count) { at, n in
        let lanes = S.Vector.load(a + at, n)
        S.Vector.select(lanes, where: .zero, isBelow: S.Vector.load(b + at, n), else: lanes * factor).store(z + at, n)
    }
}

@specialized(where S == Float)
@specialized(where S == Double)
private func applyLogistic<S: Scalar>(_ x: Tensor<S>, _ y: Tensor<S>) {
    precondition(x.count == y.count)
    let (x, y, count) = (x.pointer, y.pointer, x.count)
    S.Vector.forEach(of: count) { at, n in logistic(S.Vector.load(x + at, n)).store(y + at, n) }
}

@specialized(where S == Float)
@specialized(where S == Double)
private func applyTangent<S: Scalar>(_ x: Tensor<S>, _ y: Tensor<S>) {
    precondition(x.count == y.count)
    let (x, y, count) = (x.pointer, y.pointer, x.count)
    S.Vector.forEach(of: count) { at, n in S.Vector.hyperbolicTangent(S.Vector.load(x + at, n)).store(y + at, n) }
}

@specialized(where S == Float)
@specialized(where S == Double)
private func applyLogisticGradient<S: Scalar>(_ dy: Tensor<S>, _ y: Tensor<S>, _ dx: Tensor<S>) {
    precondition(dy.count == y.count && dx.count == y.count)
    let (dy, y, dx, count) = (dy.pointer, y.pointer, dx.pointer, y.count)
    S.Vector.forEach(of: count) { at, n in
        let s = S.Vector.load(y + at, n)
        (S.Vector.load(dy + at, n) * s * (1 - s)).store(dx + at, n)
    }
}

@specialized(where S == Float)
@specialized(where S == Double)
private func applyTangentGradient<S: Scalar>(_ dy: Tensor<S>, _ y: Tensor<S>, _ dx: Tensor<S>) {
    precondition(dy.count == y.count && dx.count == y.count)
    let (dy, y, dx, count) = (dy.pointer, y.pointer, dx.pointer, y.count)
    S.Vector.forEach(of: count) { at, n in
        let s = S.Vector.load(y + at, n)
        (S.Vector.load(dy + at, n) * (1 - s * s)).store(dx + at, n)
    }
}
