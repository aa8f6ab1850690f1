// Dispatch over the two element types. The choice: the entry point of a large kernel tests the type and calls a
// specialization. A generic kernel would be compiled a third time, for an unknown type, which takes longer than the
// other two.

/// Calls the body for the element type S. The body casts its arguments to that type with `retyped`.
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

/// Casts a value of a type over S to the same type over Float or Double, which it already is.
@inline(always)
func retyped<Generic, Known>(_ value: Generic) -> Known { unsafeBitCast(value, to: Known.self) }
