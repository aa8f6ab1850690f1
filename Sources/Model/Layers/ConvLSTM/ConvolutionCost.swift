// A cost model of a ConvLSTM layer's convolutions, per feature map: one time step of one sequence in training, forward
// and both adjoints. The choice: two amounts, arithmetic and memory traffic, each divided by a speed, so that only four
// parameters are fitted.

import Kernels

/// Amounts of work and the time that they are expected to take.
package struct ConvolutionCost: Sendable, Equatable, Encodable {
    /// The multiply-adds of the products, including those spent on padding.
    package let multiplyAdds: Double

    /// The bytes that are read and written around the products.
    package let bytes: Double

    /// The expected time in seconds on one core of the machine on which the speeds were measured.
    package let seconds: Double

    private init(multiplyAdds: Double, elements: Double, _ speed: Speed) {
        (self.multiplyAdds, bytes) = (multiplyAdds, elements * 4)
        seconds = 2 * multiplyAdds / speed.products + bytes / speed.memory
    }
}

// The speeds. Benchmarks/Scripts/fit-convolution-plan measured 44 layers with both algorithms and fitted them, for
// AVX-512 on 2026-11-22 on one of two cores of an otherwise idle AMD Zen 5, for narrower vectors on 2026-11-28 with a
// build for x86-64-v3 on an Intel Xeon (Emerald Rapids); the plan depends only on their ratios. Run the script again
// after a change of the kernels. The amounts assume batches of 4 and sequences of 10 frames; larger batches favor
// Winograd more, since its weights are larger.

/// The speed of one convolution algorithm.
private struct Speed {
    /// Floating-point operations per second, two per multiply-add.
    let products: Double

    /// Bytes per second.
    let memory: Double

    /// Whether the vectors are those of AVX-512.
    private static var isWide: Bool { FloatVector.width == 16 }

    /// The speeds of sgemm on lowered patches, and of the lowering, whose patches stay in cache.
    static let lowering = isWide ? Speed(products: 238e9, memory: 80e9) : Speed(products: 46.3e9, memory: .infinity)

    /// The speeds of products in the Winograd domain, and of the transforms.
    static let winograd = isWide ? Speed(products: 262e9, memory: 62e9) : Speed(products: 46.7e9, memory: 38.3e9)
}

/// The training step that the amounts assume. It decides which share of the work on weights falls to one feature map.
private enum Load {
    /// The number of feature maps that one product processes together.
    static let batch = 4.0

    /// The number of feature maps between two updates of the weights.
    static let maps = 40.0
}

extension ConvolutionCost {
    /// The cost of lowering to matrix products. An operand of c channels has patches (pixels, k k c), gates (pixels, n)
    /// and weights (k k c, n).
    init(lowering s: GateConvolutionShape) {
        let p = Double(s.pixels), n = Double(s.gates)
        var multiplyAdds = 0.0, elements = 4 * p * n
        for channels in s.operands {
            let patch = s.kernel * s.kernel * channels
            multiplyAdds += p * (2 * Double(patch) * inLanes(s.gates) + n * inLanes(patch))
            // Each of three products writes or reads its patches twice, and packs its weights.
            elements += 6 * p * Double(patch) + 3 * p * Double(channels) + 6 * Double(patch) * n / Load.batch
        }
        self.init(multiplyAdds: multiplyAdds, elements: elements, .lowering)
    }

    /// The cost in the Winograd domain: V (points, tiles, c), M (points, tiles, n), U (points, c, n).
    init(winograd s: GateConvolutionShape, _ tiling: WinogradGeometry) {
        let products = Double(tiling.points * tiling.tiles), n = Double(s.gates)
        func transformed(_ channels: Int) -> Double {
            Double(TransformedMaps<Float>.count(tiling, images: 1, channels: channels))
        }
        // M is written and read in the forward pass; dM is written, and read by two products.
        var multiplyAdds = 0.0, elements = 2 * Double(s.pixels) * n + 5 * transformed(s.gates)
        for channels in s.operands {
            let c = Double(channels), weights = Double(tiling.points) * c * inLanes(s.gates)
            multiplyAdds += products * (2 * c * inLanes(s.gates) + n * inLanes(channels))
            // V is written and read for each of two products, dV written and read.
            elements += 4 * Double(s.pixels) * c + 6 * transformed(channels)
            // Three products read the weights; each update transforms them for two products, and their gradient back.
            elements += 3 * weights / Load.batch + 6 * weights / Load.maps
        }
        self.init(multiplyAdds: multiplyAdds, elements: elements, .winograd)
    }
}

/// Returns the number of channels rounded up to whole vectors of sixteen.
private func inLanes(_ channels: Int) -> Double { Double((channels + 15) / 16 * 16) }
