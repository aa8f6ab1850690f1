// Vectors of Double, half as many lanes as of Float.

import CProcessor
import Glibc

/// A register of doubles.
package struct DoubleVector: Vector {
    private let lanes: ckernels_doubles

    @inline(always) private init(_ lanes: ckernels_doubles) { self.lanes = lanes }
    @inline(always) package init(repeating value: Double) { lanes = ckernels_doubles_repeating(value) }

    /// Loads as many elements of either type from an address of any alignment, and converts them.
    @inline(always)
    static func load<S: Kernels.Scalar>(widening address: UnsafePointer<S>) -> Self {
        Self(S.self == Float.self ? ckernels_doubles_load_floats(address) : ckernels_doubles_load(address))
    }

    @inline(always) package static var width: Int { MemoryLayout<ckernels_doubles>.size / 8 }
    @inline(always) package static var laneNumbers: Self { Self(ckernels_doubles_lane_numbers()) }

    @inline(always)
    package static func load(_ address: UnsafePointer<Double>) -> Self { Self(ckernels_doubles_load(address)) }
    @inline(always)
    package func store(_ address: UnsafeMutablePointer<Double>) { ckernels_doubles_store(address, lanes) }
    @inline(always)
    package func stream(_ address: UnsafeMutablePointer<Double>) { ckernels_doubles_stream(address, lanes) }

    @inline(always)
    package static func + (a: Self, b: Self) -> Self { Self(ckernels_doubles_add(a.lanes, b.lanes)) }
    @inline(always)
    package static func - (a: Self, b: Self) -> Self { Self(ckernels_doubles_subtract(a.lanes, b.lanes)) }
    @inline(always)
    package static func * (a: Self, b: Self) -> Self { Self(ckernels_doubles_multiply(a.lanes, b.lanes)) }
    @inline(always)
    package static func / (a: Self, b: Self) -> Self { Self(ckernels_doubles_divide(a.lanes, b.lanes)) }
    @inline(always)
    package static prefix func - (a: Self) -> Self { Self(ckernels_doubles_negate(a.lanes)) }
    @inline(always)
    package func addingProduct(_ a: Self, _ b: Self) -> Self { Self(ckernels_doubles_fused(lanes, a.lanes, b.lanes)) }
    @inline(always)
    package func squareRoot() -> Self { Self(ckernels_doubles_square_root(lanes)) }

    @inline(always)
    package static func select(_ x: Self, where a: Self, isBelow b: Self, else y: Self) -> Self {
        Self(ckernels_doubles_select(x.lanes, a.lanes, b.lanes, y.lanes))
    }

    @inline(always)
    package func added(to sum: Double) -> Double { ckernels_doubles_sum_after(sum, lanes) }

    @inline(never)
    package static func exponential(_ x: Self) -> Self { x.map(exp) }

    @inline(never)
    package static func hyperbolicTangent(_ x: Self) -> Self { x.map(tanh) }

    @inline(always)
    private func map(_ function: (Double) -> Double) -> Self {
        var lanes = lanes
        for lane in lanes.indices { lanes[lane] = function(lanes[lane]) }
        return Self(lanes)
    }
}
