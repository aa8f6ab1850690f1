// What makes a gate of its preactivation. A step chooses once and is compiled for each choice, so that its inner loop
// holds the chosen function and no branch.

/// What makes the gates i, f and o of their preactivations.
package enum GateActivation: String, Codable, Sendable, CaseIterable {
    /// 1 / (1 + e^-x).
    case logistic
    /// min(max(0.2 x + 0.5, 0), 1): Keras before version 3.
    case hardSigmoid
}

/// A gate's function s(x), and its adjoint from the gate that it gave.
protocol GateFunction {
    /// s(x).
    static func gate<S: Scalar>(_ x: SIMD16<S>) -> SIMD16<S>

    /// dx = ds s'(x), from s.
    static func gradient<S: Scalar>(_ ds: SIMD16<S>, _ s: SIMD16<S>) -> SIMD16<S>
}

/// s' = s (1 - s).
enum Logistic: GateFunction {
    @inline(always)
    static func gate<S: Scalar>(_ x: SIMD16<S>) -> SIMD16<S> { logistic(x) }

    @inline(always)
    static func gradient<S: Scalar>(_ ds: SIMD16<S>, _ s: SIMD16<S>) -> SIMD16<S> { ds * s * (1 - s) }
}

/// s' = 0.2 where 0 < s < 1, else 0. What is not a number stays so.
enum HardSigmoid: GateFunction {
    @inline(always)
    static func gate<S: Scalar>(_ x: SIMD16<S>) -> SIMD16<S> {
        let zero = SIMD16<S>(repeating: 0), one = SIMD16<S>(repeating: 1)
        let line = 0.2 * x + 0.5
        let bounded = S.select(zero, where: line, isBelow: zero, else: line)
        return S.select(one, where: one, isBelow: bounded, else: bounded)
    }

    @inline(always)
    static func gradient<S: Scalar>(_ ds: SIMD16<S>, _ s: SIMD16<S>) -> SIMD16<S> {
        let zero = SIMD16<S>(repeating: 0), one = SIMD16<S>(repeating: 1)
        let above = S.select(0.2 * ds, where: zero, isBelow: s, else: zero)
        return S.select(above, where: s, isBelow: one, else: zero)
    }
}
