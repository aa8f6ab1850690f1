// The two element types that the model computes with. Float is the type for training. Double is the same code in the
// precision that finite differences need, so that the tests check the adjoints that run.

import COpenBLAS
import CProcessor
import Glibc

/// A floating-point type with matrix products and vectorized activations.
package protocol Scalar: BinaryFloatingPoint, SIMDScalar, Codable, Sendable {
    /// e^x per lane; the relative error is at most 2e-7 for `Float` and that of the C library for `Double`.
    static func exponential(_ x: SIMD16<Self>) -> SIMD16<Self>

    /// tanh x per lane; the relative error is at most 5e-7 for `Float`, however small x is, and that of the C library
    /// for `Double`.
    static func hyperbolicTangent(_ x: SIMD16<Self>) -> SIMD16<Self>

    /// Returns x in the lanes where a < b, else y. Comparisons of generic vectors would be compiled lane by lane.
    static func select(
        _ x: SIMD16<Self>, where a: SIMD16<Self>, isBelow b: SIMD16<Self>, else y: SIMD16<Self>
    ) -> SIMD16<Self>

    /// Converts the lanes to double precision.
    static func widened(_ x: SIMD16<Self>) -> SIMD16<Double>

    /// Loads sixteen elements from an address of any alignment, and stores them.
    static func load(_ address: UnsafePointer<Self>) -> SIMD16<Self>
    static func store(_ x: SIMD16<Self>, _ address: UnsafeMutablePointer<Self>)

    /// Stores sixteen elements past the caches, for memory that is not read again soon.
    static func stream(_ x: SIMD16<Self>, _ address: UnsafeMutablePointer<SIMD16<Self>>)

    /// The BLAS product C = A B + beta C of row-major matrices; see `multiply`.
    static func gemm(
        _ a: Matrix<Self>, _ b: Matrix<Self>, beta: Self, _ c: Matrix<Self>)
}

extension Float: Scalar {
    // e^x = 2^n e^r with n = round(x / ln 2) and |r| <= ln 2 / 2. Adding 1.5 * 2^23 rounds to the nearest integer and
    // leaves it in the low bits, which vectorizes where `.rounded()` does not. e^r is its Taylor polynomial.
    @inline(always)
    package static func exponential(_ x: SIMD16<Float>) -> SIMD16<Float> {
        typealias Lanes = SIMD16<Float>
        let bounded = x.replacing(with: 88, where: x .> 88).replacing(with: -87, where: x .< -87)
        let rounding = Lanes(repeating: 12_582_912)
        let shifted = rounding.addingProduct(bounded, Lanes(repeating: 1.442_695_04))
        let n = shifted - rounding
        var r = bounded.addingProduct(n, Lanes(repeating: -0.693_145_75))
        r = r.addingProduct(n, Lanes(repeating: -1.428_606_8e-6))
        var p = Lanes(repeating: 1.0 / 720)
        p = Lanes(repeating: 1.0 / 120).addingProduct(p, r)
        p = Lanes(repeating: 1.0 / 24).addingProduct(p, r)
        p = Lanes(repeating: 1.0 / 6).addingProduct(p, r)
        p = Lanes(repeating: 0.5).addingProduct(p, r)
        p = Lanes(repeating: 1).addingProduct(p, r)
        p = Lanes(repeating: 1).addingProduct(p, r)
        let exponent = unsafeBitCast(shifted, to: SIMD16<Int32>.self) &<< 23
        return unsafeBitCast(unsafeBitCast(p, to: SIMD16<Int32>.self) &+ exponent, to: Lanes.self)
    }

    // 2 / (1 + e^-2x) - 1, which cancels all digits of a small x; so for x^2 < 1/8 the Taylor polynomial.
    @inline(always)
    package static func hyperbolicTangent(_ x: SIMD16<Float>) -> SIMD16<Float> {
        typealias Lanes = SIMD16<Float>
        let z = x * x
        var p = Lanes(repeating: -1382.0 / 155_925)
        p = Lanes(repeating: 62.0 / 2835).addingProduct(p, z)
        p = Lanes(repeating: -17.0 / 315).addingProduct(p, z)
        p = Lanes(repeating: 2.0 / 15).addingProduct(p, z)
        p = Lanes(repeating: -1.0 / 3).addingProduct(p, z)
        let small = x.addingProduct(x * z, p), large = 2 / (1 + exponential(-x - x)) - 1
        return select(small, where: z, isBelow: Lanes(repeating: 0.125), else: large)
    }

    @inline(always)
    package static func select(
        _ x: SIMD16<Float>, where a: SIMD16<Float>, isBelow b: SIMD16<Float>, else y: SIMD16<Float>
    ) -> SIMD16<Float> {
        y.replacing(with: x, where: a .< b)
    }

    @inline(always)
    package static func widened(_ x: SIMD16<Float>) -> SIMD16<Double> { ckernels_widened(x) }

    @inline(always)
    package static func load(_ address: UnsafePointer<Float>) -> SIMD16<Float> { ckernels_load_floats(address) }

    @inline(always)
    package static func store(_ x: SIMD16<Float>, _ address: UnsafeMutablePointer<Float>) {
        ckernels_store_floats(address, x)
    }

    @inline(always)
    package static func stream(_ x: SIMD16<Float>, _ address: UnsafeMutablePointer<SIMD16<Float>>) {
        ckernels_stream_floats(address, x)
    }

    package static func gemm(
        _ a: Matrix<Float>, _ b: Matrix<Float>, beta: Float, _ c: Matrix<Float>
    ) {
        cblas_sgemm(
            CblasRowMajor, a.transposition, b.transposition, blasint(c.rows), blasint(c.columns), blasint(a.columns),
            1, a.pointer, blasint(a.stride), b.pointer, blasint(b.stride), beta, c.pointer, blasint(c.stride))
    }
}

extension Double: Scalar {
    @inline(never)
    package static func exponential(_ x: SIMD16<Double>) -> SIMD16<Double> {
        var y = x
        for lane in x.indices { y[lane] = exp(x[lane]) }
        return y
    }

    @inline(never)
    package static func hyperbolicTangent(_ x: SIMD16<Double>) -> SIMD16<Double> {
        var y = x
        for lane in x.indices { y[lane] = tanh(x[lane]) }
        return y
    }

    @inline(always)
    package static func select(
        _ x: SIMD16<Double>, where a: SIMD16<Double>, isBelow b: SIMD16<Double>, else y: SIMD16<Double>
    ) -> SIMD16<Double> {
        y.replacing(with: x, where: a .< b)
    }

    @inline(always)
    package static func widened(_ x: SIMD16<Double>) -> SIMD16<Double> { x }

    @inline(always)
    package static func load(_ address: UnsafePointer<Double>) -> SIMD16<Double> { ckernels_load_doubles(address) }

    @inline(always)
    package static func store(_ x: SIMD16<Double>, _ address: UnsafeMutablePointer<Double>) {
        ckernels_store_doubles(address, x)
    }

    @inline(always)
    package static func stream(_ x: SIMD16<Double>, _ address: UnsafeMutablePointer<SIMD16<Double>>) {
        ckernels_stream_doubles(address, x)
    }

    package static func gemm(
        _ a: Matrix<Double>, _ b: Matrix<Double>, beta: Double, _ c: Matrix<Double>
    ) {
        cblas_dgemm(
            CblasRowMajor, a.transposition, b.transposition, blasint(c.rows), blasint(c.columns), blasint(a.columns),
            1, a.pointer, blasint(a.stride), b.pointer, blasint(b.stride), beta, c.pointer, blasint(c.stride))
    }
}
