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
    // leaves it in the low bits. e^r is its Taylor polynomial.
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
        var p = Self(repeating: 1.0 / 720)
        p = Self(repeating: 1.0 / 120).addingProduct(p, r)
        p = Self(repeating: 1.0 / 24).addingProduct(p, r)
        p = Self(repeating: 1.0 / 6).addingProduct(p, r)
        p = Self(repeating: 0.5).addingProduct(p, r)
        p = Self(repeating: 1).addingProduct(p, r)
        p = Self(repeating: 1).addingProduct(p, r)
        return Self(ckernels_floats_scale(p.lanes, shifted.lanes))
    }

    // 2 / (1 + e^-2x) - 1, which cancels all digits of a small x; so for x^2 < 1/8 the Taylor polynomial.
    @inline(always)
    package static func hyperbolicTangent(_ x: Self) -> Self {
        let z = x * x
        var p = Self(repeating: -1382.0 / 155_925)
        p = Self(repeating: 62.0 / 2835).addingProduct(p, z)
        p = Self(repeating: -17.0 / 315).addingProduct(p, z)
        p = Self(repeating: 2.0 / 15).addingProduct(p, z)
        p = Self(repeating: -1.0 / 3).addingProduct(p, z)
        let small = x.addingProduct(x * z, p), large = 2 / (1 + exponential(-x - x)) - 1
        return select(small, where: z, isBelow: Self(repeating: 0.125), else: large)
    }
}
