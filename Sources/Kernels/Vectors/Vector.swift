// A vector register, the unit of all elementwise kernels and of the products in the Winograd domain. The choice: a
// protocol of its own with one instruction per operation, not the standard library's SIMD types, whose operations are
// compiled lane by lane; and the width of the machine's registers, so that no vector is spread over two.
//
// Kernels give the same bits for every width: lanes are independent, and sums over lanes go through `sumOfSixteen`.

import CProcessor

/// As many elements as a register holds.
package protocol Vector<Scalar>: BitwiseCopyable, Sendable {
    associatedtype Scalar: Kernels.Scalar where Scalar.Vector == Self

    /// The number of lanes: a divisor of sixteen.
    static var width: Int { get }

    init(repeating value: Scalar)

    /// The lane indices 0, 1, ...
    static var laneNumbers: Self { get }

    /// Loads a vector from an address of any alignment.
    static func load(_ address: UnsafePointer<Scalar>) -> Self

    /// Stores a vector to an address of any alignment.
    func store(_ address: UnsafeMutablePointer<Scalar>)

    /// Stores a vector to an aligned address past the caches, for memory that is not read again soon. A writer whose
    /// data other threads read must call `finishStreams` at the end.
    func stream(_ address: UnsafeMutablePointer<Scalar>)

    static func + (a: Self, b: Self) -> Self
    static func - (a: Self, b: Self) -> Self
    static func * (a: Self, b: Self) -> Self
    static func / (a: Self, b: Self) -> Self
    static prefix func - (a: Self) -> Self

    /// Returns self + a b, rounded once.
    func addingProduct(_ a: Self, _ b: Self) -> Self

    func squareRoot() -> Self

    /// Returns x in the lanes where a < b, else y.
    static func select(_ x: Self, where a: Self, isBelow b: Self, else y: Self) -> Self

    /// Returns the sum of a number and the lanes, added from the first to the last.
    func added(to sum: Scalar) -> Scalar

    /// e^x per lane; the relative error is at most 2e-7 for `Float` and that of the C library for `Double`.
    static func exponential(_ x: Self) -> Self

    /// tanh x per lane; the relative error is at most 5e-7 for `Float`, however small x is, and that of the C library
    /// for `Double`.
    static func hyperbolicTangent(_ x: Self) -> Self
}

extension Vector {
    @inline(always) static var zero: Self { Self(repeating: 0) }

    @inline(always) static func + (a: Scalar, b: Self) -> Self { Self(repeating: a) + b }
    @inline(always) static func - (a: Scalar, b: Self) -> Self { Self(repeating: a) - b }
    @inline(always) static func * (a: Scalar, b: Self) -> Self { Self(repeating: a) * b }
    @inline(always) static func / (a: Scalar, b: Self) -> Self { Self(repeating: a) / b }
    @inline(always) static func + (a: Self, b: Scalar) -> Self { a + Self(repeating: b) }
    @inline(always) static func - (a: Self, b: Scalar) -> Self { a - Self(repeating: b) }
    @inline(always) static func * (a: Self, b: Scalar) -> Self { a * Self(repeating: b) }

    @inline(always) static func += (a: inout Self, b: Self) { a = a + b }
    @inline(always) static func *= (a: inout Self, b: Self) { a = a * b }

    /// Adds a b, rounded once.
    @inline(always) mutating func addProduct(_ a: Self, _ b: Self) { self = addingProduct(a, b) }
    @inline(always) mutating func addProduct(_ a: Scalar, _ b: Self) { self = addingProduct(a, b) }

    /// Returns self + a b, rounded once.
    @inline(always) func addingProduct(_ a: Scalar, _ b: Self) -> Self { addingProduct(Self(repeating: a), b) }

    /// Clamps each lane to [-limit, limit]; NaN stays NaN.
    @inline(always)
    func bounded(by limit: Scalar) -> Self {
        let most = Self(repeating: limit), least = Self(repeating: -limit)
        let bounded = Self.select(most, where: most, isBelow: self, else: self)
        return Self.select(least, where: bounded, isBelow: least, else: bounded)
    }
}

/// Makes streamed stores visible to other threads.
func finishStreams() { ckernels_fence_streams() }
