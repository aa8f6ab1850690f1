// How large a layer may be. The choice: one bound that all systems of the field are far below, held before a layer
// takes memory or multiplies its sizes, because people write them into files.

extension LayerDescription {
    private static let largestSize = 65_536
    private static let mostNumbers = 1e9, mostProducts = 1e12

    /// Throws for a layer that asks for more numbers than fit, naming what is too large.
    ///
    /// - Parameter input: the size of the maps that it reads; nil for none.
    func checkSize(reading input: FeatureShape?) throws(ModelError) {
        for (what, size) in sizes where !(-Self.largestSize...Self.largestSize).contains(size) {
            throw ModelError("layer \(name): \(what) is \(size); choose at most \(Self.largestSize)")
        }
        let learned = learnedNumbers(channels: Double(input?.channels ?? 0))
        guard learned <= Self.mostNumbers, learned * Double(input?.pixels ?? 1) <= Self.mostProducts else {
            throw ModelError(
                "layer \(name) would learn \(Int(min(learned, 1e18))) numbers from maps of "
                    + "\(input.map { "\($0)" } ?? "nothing"); choose fewer channels or a smaller kernel")
        }
    }

    private var sizes: [(String, Int)] {
        switch operation {
        case .convLSTM(let d): [("hidden", d.hidden), ("kernel", d.kernel)]
        case .convolution(let d), .transposedConvolution(let d):
            [("filters", d.filters), ("kernel", d.kernel), ("stride", d.stride), ("padding", d.padding ?? 0)]
        case .convolution3D(let d): [("filters", d.filters), ("kernel", d.kernel), ("kernelTime", d.kernelTime)]
        case .spaceToDepth(let d), .depthToSpace(let d): [("size", d.size)]
        case .batchNormalization, .activation, .leakyReLU: []
        }
    }

    /// Of its kernels, which are all but a few of its numbers.
    private func learnedNumbers(channels: Double) -> Double {
        func area(_ kernel: Int) -> Double { Double(kernel) * Double(kernel) }
        switch operation {
        case .convLSTM(let d): return area(d.kernel) * (channels + Double(d.hidden)) * 4 * Double(d.hidden)
        case .convolution(let d), .transposedConvolution(let d): return area(d.kernel) * channels * Double(d.filters)
        case .convolution3D(let d): return Double(d.kernelTime) * area(d.kernel) * channels * Double(d.filters)
        case .spaceToDepth, .depthToSpace, .batchNormalization, .activation, .leakyReLU: return 0
        }
    }
}
