// The fused update of all parameters by each optimizer. The choice: parameters, gradient and moments go through memory
// once, clipping included, since the update is memory-bound. Factors that depend only on the step are passed in,
// computed in double precision.
//
// p is a parameter and g its gradient after clipping:
//
//     g = factor min(max(g, -limit), limit)

/// The clipping of a gradient before the update.
package struct GradientClip: Sendable, Equatable {
    /// The largest absolute value of an element, applied first.
    package var limit: Float

    /// The factor that all elements are multiplied by afterwards.
    package var factor: Float

    package init(limit: Float = .infinity, factor: Float = 1) { (self.limit, self.factor) = (limit, factor) }

    @inline(always)
    fileprivate func callAsFunction(_ g: FloatVector) -> FloatVector { g.bounded(by: limit) * factor }
}

/// The Adam update, with g += weightDecay p:
///
///     m := beta1 m + (1 - beta1) g         v := beta2 v + (1 - beta2) g^2
///     p := keep p - rate m / (correction sqrt(v) + epsilon)
package func moveByAdam(
    _ p: Tensor<Float>, along g: Tensor<Float>, _ clip: GradientClip, m: Tensor<Float>, v: Tensor<Float>, rate: Double,
    beta1: Double, beta2: Double, correction: Double, epsilon: Double, weightDecay: Double, keep: Double
) {
    requireOneLayout(p, g, m, v)
    let (p, g, m, v, count) = (p.pointer, g.pointer, m.pointer, v.pointer, p.count)
    let (rest1, rest2, beta1, beta2) = (Float(1 - beta1), Float(1 - beta2), Float(beta1), Float(beta2))
    let (rate, correction, epsilon) = (Float(rate), Float(correction), Float(epsilon))
    let (weightDecay, keep) = (Float(weightDecay), Float(keep))
    FloatVector.forEach(of: count) { at, n in
        let before = FloatVector.load(p + at, n), slope = clip(FloatVector.load(g + at, n)) + weightDecay * before
        let mean = beta1 * FloatVector.load(m + at, n) + rest1 * slope
        let square = beta2 * FloatVector.load(v + at, n) + rest2 * slope * slope
        mean.store(m + at, n)
        square.store(v + at, n)
        (keep * before - rate * mean / (correction * square.squareRoot() + epsilon)).store(p + at, n)
    }
}

/// The RMSprop update:
///
///     a := rho a + (1 - rho) g^2           p := p - rate g / (sqrt(a) + epsilon)
package func moveByRMSProp(
    _ p: Tensor<Float>, along g: Tensor<Float>, _ clip: GradientClip, a: Tensor<Float>, rate: Double, rho: Double,
    epsilon: Double
) {
    requireOneLayout(p, g, a)
    let (p, g, a, count) = (p.pointer, g.pointer, a.pointer, p.count)
    let (rate, rest, rho, epsilon) = (Float(rate), Float(1 - rho), Float(rho), Float(epsilon))
    FloatVector.forEach(of: count) { at, n in
        let slope = clip(FloatVector.load(g + at, n))
        let square = rho * FloatVector.load(a + at, n) + rest * slope * slope
        square.store(a + at, n)
        (FloatVector.load(p + at, n) - rate * slope / (square.squareRoot() + epsilon)).store(p + at, n)
    }
}

/// The Adadelta update:
///
///     a := rho a + (1 - rho) g^2           u = g sqrt(d + epsilon) / sqrt(a + epsilon)
///     p := p - rate u                      d := rho d + (1 - rho) u^2
package func moveByAdadelta(
    _ p: Tensor<Float>, along g: Tensor<Float>, _ clip: GradientClip, a: Tensor<Float>, d: Tensor<Float>, rate: Double,
    rho: Double, epsilon: Double
) {
    requireOneLayout(p, g, a, d)
    let (p, g, a, d, count) = (p.pointer, g.pointer, a.pointer, d.pointer, p.count)
    let (rate, rest, rho, epsilon) = (Float(rate), Float(1 - rho), Float(rho), Float(epsilon))
    FloatVector.forEach(of: count) { at, n in
        let slope = clip(FloatVector.load(g + at, n)), moved = FloatVector.load(d + at, n)
        let square = rho * FloatVector.load(a + at, n) + rest * slope * slope
        let u = slope * (moved + epsilon).squareRoot() / (square + epsilon).squareRoot()
        square.store(a + at, n)
        (rho * moved + rest * u * u).store(d + at, n)
        (FloatVector.load(p + at, n) - rate * u).store(p + at, n)
    }
}

/// The SGD update, with g += weightDecay p:
///
///     p := p - rate g
package func moveDownhill(
    _ p: Tensor<Float>, along g: Tensor<Float>, _ clip: GradientClip, rate: Double, weightDecay: Double
) {
    requireOneLayout(p, g)
    let (p, g, count, rate, weightDecay) = (p.pointer, g.pointer, p.count, Float(rate), Float(weightDecay))
    FloatVector.forEach(of: count) { at, n in
        let before = FloatVector.load(p + at, n)
        (before - rate * (clip(FloatVector.load(g + at, n)) + weightDecay * before)).store(p + at, n)
    }
}

/// The SGD update with momentum, with g += weightDecay p:
///
///     b := momentum b + g                  p := p - rate (nesterov ? g + momentum b : b)
package func moveDownhill(
    _ p: Tensor<Float>, along g: Tensor<Float>, _ clip: GradientClip, b: Tensor<Float>, rate: Double, momentum: Double,
    nesterov: Bool, weightDecay: Double
) {
    requireOneLayout(p, g, b)
    let (p, g, b, count) = (p.pointer, g.pointer, b.pointer, p.count)
    let (rate, momentum, weightDecay) = (Float(rate), Float(momentum), Float(weightDecay))
    let (ofSlope, ofVelocity): (Float, Float) = nesterov ? (1, momentum) : (0, 1)
    FloatVector.forEach(of: count) { at, n in
        let before = FloatVector.load(p + at, n), slope = clip(FloatVector.load(g + at, n)) + weightDecay * before
        let velocity = momentum * FloatVector.load(b + at, n) + slope
        velocity.store(b + at, n)
        (before - rate * (ofSlope * slope + ofVelocity * velocity)).store(p + at, n)
    }
}

private func requireOneLayout(_ values: Tensor<Float>, _ others: Tensor<Float>...) {
    precondition(others.allSatisfy { $0.count == values.count }, "vectors of one layout")
}
