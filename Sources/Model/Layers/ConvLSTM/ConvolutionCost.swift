// What a ConvLSTM layer's convolutions cost for one feature map: one step of one sequence in training, forward and both
// adjoints. The choice: two amounts, products and bytes, each over a speed; all that there is to fit is four numbers.

import Kernels

/// Amounts of work, and the time that they are expected to take.
package struct ConvolutionCost: Sendable, Equatable, Encodable {
    /// Of the products, what they compute of padding included.
    package let multiplyAdds: Double

    /// Read and written around the products.
    package let bytes: Double

    /// On one core of the machine that the speeds come from.
    package let seconds: Double

    private init(multiplyAdds: Double, elements: Double, _ speed: Speed) {
        (self.multiplyAdds, bytes) = (multiplyAdds, elements * 4)
        seconds = 2 * multiplyAdds / speed.products + bytes / speed.memory
    }
}

// The speeds. Benchmarks/Scripts/fit-convolution-plan measured 44 layers both ways, on 2026-11-22 on one of two cores
// of an AMD Zen 5 with AVX-512, otherwise idle, and fitted them; the plan rests on their ratios alone. Run the script
// again after a change of the kernels. The amounts are of batches of 4 and sequences of 10 frames: larger batches
// favour Winograd convolution more, whose weights are larger.

/// How fast one way of convolving goes.
private struct Speed {
    /// Floating-point operations a second, two for each multiply-add.
    let products: Double

    /// Bytes a second.
    let memory: Double

    /// Of sgemm on lowered patches, and of the patches, which stay in the caches.
    static let lowering = Speed(products: 238e9, memory: 80e9)

    /// Of products in the Winograd domain, and of the transforms.
    static let winograd = Speed(products: 262e9, memory: 62e9)
}

/// The training step that the amounts are of, which decides how much of the work on weights falls to a map.
private enum Load {
    /// Maps that one product takes together.
    static let batch = 4.0

    /// Maps from one update of the weights to the next.
    static let maps = 40.0
}

extension ConvolutionCost {
    /// Of lowering to matrix products: for an operand of c channels patches (pixels, k k c), gates (pixels, n) and
    /// weights (k k c, n).
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

    /// Of Winograd convolution: V (points, tiles, c), M (points, tiles, n), U (points, c, n).
    init(winograd s: GateConvolutionShape, _ tiling: WinogradGeometry) {
        let products = Double(tiling.points * tiling.tiles), n = Double(s.gates)
        func transformed(_ channels: Int) -> Double {
            Double(TransformedMaps<Float>.count(tiling, images: 1, channels: channels))
        }
        // M is written and read going forward; dM written, and read by two products.
        var multiplyAdds = 0.0, elements = 2 * Double(s.pixels) * n + 5 * transformed(s.gates)
        for channels in s.operands {
            let c = Double(channels), weights = Double(tiling.points) * c * inLanes(s.gates)
            multiplyAdds += products * (2 * c * inLanes(s.gates) + n * inLanes(channels))
            // V is written and read for each of two products, dV written and read.
            elements += 4 * Double(s.pixels) * c + 6 * transformed(channels)
            // Three products pass over weights; an update transforms them for two, and their gradient back.
            elements += 3 * weights / Load.batch + 6 * weights / Load.maps
        }
        self.init(multiplyAdds: multiplyAdds, elements: elements, .winograd)
    }
}

/// Channels with those that fill the last lane of sixteen.
private func inLanes(_ channels: Int) -> Double { Double((channels + 15) / 16 * 16) }
