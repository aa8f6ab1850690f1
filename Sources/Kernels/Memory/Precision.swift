// The two number types, each compiled for itself. A large kernel that is generic would be compiled a third time, for a
// type that is not known, and that takes longer than the other two: so its entry asks which type it has.

/// Calls one of the bodies, whose arguments `retyped` gives their known type.
@inline(always)
func forPrecision<S: Scalar>(of _: S.Type, float: () -> Void, double: () -> Void) {
    if S.self == Float.self {
        float()
    } else if S.self == Double.self {
        double()
    } else {
        preconditionFailure("kernels for Float and Double, not for \(S.self)")
    }
}

/// A value of a type over S as what it is: the same type over Float or over Double.
@inline(always)
func retyped<Generic, Known>(_ value: Generic) -> Known { unsafeBitCast(value, to: Known.self) }
