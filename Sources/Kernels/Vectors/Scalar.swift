// The two element types that the model computes with. Float is the type for training. Double is the same code in the
// precision that finite differences need, so that the tests check the adjoints that run.

/// A floating-point type that kernels are compiled for.
package protocol Scalar: BinaryFloatingPoint, SIMDScalar, Codable, Sendable {
    /// As many elements as a register holds.
    associatedtype Vector: Kernels.Vector where Vector.Scalar == Self
}

extension Float: Scalar {
    package typealias Vector = FloatVector
}

extension Double: Scalar {
    package typealias Vector = DoubleVector
}
