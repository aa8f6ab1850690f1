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
    static func gate<V: Vector>(_ x: V) -> V

    /// Returns dx = ds s'(x), computed from s.
    static func gradient<V: Vector>(_ ds: V, _ s: V) -> V
}

/// The logistic sigmoid, with s' = s (1 - s).
enum Logistic: GateFunction {
    @inline(always)
    static func gate<V: Vector>(_ x: V) -> V { logistic(x) }

    @inline(always)
    static func gradient<V: Vector>(_ ds: V, _ s: V) -> V { ds * s * (1 - s) }
}

/// The hard sigmoid, with s' = 0.2 where 0 < s < 1 and 0 elsewhere. NaN stays NaN.
enum HardSigmoid: GateFunction {
    @inline(always)
    static func gate<V: Vector>(_ x: V) -> V {
        let zero = V.zero, one = V(repeating: 1)
        let line = 0.2 * x + 0.5
        let bounded = V.select(zero, where: line, isBelow: zero, else: line)
        return V.select(one, where: one, isBelow: bounded, else: bounded)
    }

    @inline(always)
    static func gradient<V: Vector>(_ ds: V, _ s: V) -> V {
        let zero = V.zero, one = V(repeating: 1)
        let above = V.select(0.2 * ds, where: zero, isBelow: s, else: zero)
        return V.select(above, where: s, isBelow: one, else: zero)
    }
}
