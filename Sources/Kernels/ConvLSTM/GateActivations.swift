// The functions that turn preactivations into gates. The choice: each function is a type, and the elementwise kernel is
// compiled once per type, so that its inner loop has no branch.

/// The function that the gates i, f and o apply to their preactivations.
package enum GateActivation: String, Codable, Sendable, CaseIterable {
    /// The logistic sigmoid, 1 / (1 + e^-x).
    case logistic
    /// The piecewise linear min(max(0.2 x + 0.5, 0), 1), as in Keras before version 3.
    case hardSigmoid
}

/// A gate function s(x) and its adjoint, which reads the gate s instead of x.
protocol GateFunction {
    /// Returns s(x).
    static func gate<S: Scalar>(_ x: SIMD16<S>) -> SIMD16<S>

    /// Returns dx = ds s'(x), computed from s.
    static func gradient<S: Scalar>(_ ds: SIMD16<S>, _ s: SIMD16<S>) -> SIMD16<S>
}

/// The logistic sigmoid, with s' = s (1 - s).
enum Logistic: GateFunction {
    @inline(always)
    static func gate<S: Scalar>(_ x: SIMD16<S>) -> SIMD16<S> { logistic(x) }

    @inline(always)
    static func gradient<S: Scalar>(_ ds: SIMD16<S>, _ s: SIMD16<S>) -> SIMD16<S> { ds * s * (1 - s) }
}

/// The hard sigmoid, with s' = 0.2 where 0 < s < 1 and 0 elsewhere. NaN stays NaN.
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
