// Size limits of layers. The choice: one bound far above all published systems, checked before a layer allocates memory
// or multiplies its sizes, because the sizes come from files that people write.

extension LayerDescription {
    private static let largestSize = 65_536
    private static let mostNumbers = 1e9, mostProducts = 1e12

    /// Throws a `ModelError` naming what is too large if the layer exceeds the limits.
    ///
    /// - Parameter input: the shape of the feature maps that the layer reads; nil for none.
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

    /// The parameter count of the layer's kernels, which are nearly all of its parameters.
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
