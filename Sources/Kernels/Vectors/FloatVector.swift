// Vectors of Float.

import CProcessor

/// A register of floats.
package struct FloatVector: Vector {
    private let lanes: ckernels_floats

    @inline(always) private init(_ lanes: ckernels_floats) { self.lanes = lanes }
    @inline(always) package init(repeating value: Float) { lanes = ckernels_floats_repeating(value) }

    @inline(always) package static var width: Int { MemoryLayout<ckernels_floats>.size / 4 }
    @inline(always) package static var laneNumbers: Self { Self(ckernels_floats_lane_numbers()) }

    @inline(always)
    package static func load(_ address: UnsafePointer<Float>) -> Self { Self(ckernels_floats_load(address)) }
    @inline(always)
    package func store(_ address: UnsafeMutablePointer<Float>) { ckernels_floats_store(address, lanes) }
    @inline(always)
    package func stream(_ address: UnsafeMutablePointer<Float>) { ckernels_floats_stream(address, lanes) }

    @inline(always)
    package static func + (a: Self, b: Self) -> Self { Self(ckernels_floats_add(a.lanes, b.lanes)) }
    @inline(always)
    package static func - (a: Self, b: Self) -> Self { Self(ckernels_floats_subtract(a.lanes, b.lanes)) }
    @inline(always)
    package static func * (a: Self, b: Self) -> Self { Self(ckernels_floats_multiply(a.lanes, b.lanes)) }
    @inline(always)
    package static func / (a: Self, b: Self) -> Self { Self(ckernels_floats_divide(a.lanes, b.lanes)) }
    @inline(always)
    package static prefix func - (a: Self) -> Self { Self(ckernels_floats_negate(a.lanes)) }
    @inline(always)
    package func addingProduct(_ a: Self, _ b: Self) -> Self { Self(ckernels_floats_fused(lanes, a.lanes, b.lanes)) }
    @inline(always)
    package func squareRoot() -> Self { Self(ckernels_floats_square_root(lanes)) }

    @inline(always)
    package static func select(_ x: Self, where a: Self, isBelow b: Self, else y: Self) -> Self {
        Self(ckernels_floats_select(x.lanes, a.lanes, b.lanes, y.lanes))
    }

    @inline(always)
    package func added(to sum: Float) -> Float { ckernels_floats_sum_after(sum, lanes) }

    // e^x = 2^n e^r with n = round(x / ln 2) and |r| <= ln 2 / 2. Adding 1.5 * 2^23 rounds to the nearest integer and
    // leaves it in the low bits. e^r is 1 + r + ..., among all such polynomials of degree 5 the one whose largest relative
    // error is least, 1.05e-7; the Taylor polynomial of degree 6 has 1.2e-7.
    @inline(always)
    package static func exponential(_ x: Self) -> Self {
        let above = Self(repeating: 88), below = Self(repeating: -87)
        var bounded = select(above, where: above, isBelow: x, else: x)
        bounded = select(below, where: bounded, isBelow: below, else: bounded)
        let rounding = Self(repeating: 12_582_912)
        let shifted = rounding.addingProduct(bounded, Self(repeating: 1.442_695_04))
        let n = shifted - rounding
        var r = bounded.addingProduct(n, Self(repeating: -0.693_145_75))
        r = r.addingProduct(n, Self(repeating: -1.428_606_8e-6))
        var p = Self(repeating: 8.312_501_3e-3)
        p = Self(repeating: 4.189_033_17e-2).addingProduct(p, r)
        p = Self(repeating: 0.166_671_154).addingProduct(p, r)
        p = Self(repeating: 0.499_992_303).addingProduct(p, r)
        p = Self(repeating: 1).addingProduct(p, r)
        p = Self(repeating: 1).addingProduct(p, r)
        return Self(ckernels_floats_scale(p.lanes, shifted.lanes))
    }

    // x P(x^2) / Q(x^2) with P and Q of degree 4: among all such, the one whose largest relative error for |x| <= 9 is least,
    // 2.1e-8 (found by Remez' exchange algorithm). It is positive in all its coefficients, so that nothing cancels. Rounding
    // may lead it beyond 1.
    @inline(always)
    package static func hyperbolicTangent(_ x: Self) -> Self {
        let x = x.bounded(by: 9), z = x * x
        var p = Self(repeating: 1.335_462_836e-8), q = Self(repeating: 7.776_543_762e-7)
        p = Self(repeating: 2.060_905_497e-5).addingProduct(p, z)
        q = Self(repeating: 3.285_631_944e-4).addingProduct(q, z)
        p = Self(repeating: 3.495_586_291e-3).addingProduct(p, z)
        q = Self(repeating: 2.587_697_501e-2).addingProduct(q, z)
        p = Self(repeating: 0.133_810_240_2).addingProduct(p, z)
        q = Self(repeating: 0.467_143_396_1).addingProduct(q, z)
        p = Self(repeating: 0.999_999_979_4).addingProduct(p, z)
        q = Self(repeating: 1).addingProduct(q, z)
        return (x * p / q).bounded(by: 1)
    }
}
