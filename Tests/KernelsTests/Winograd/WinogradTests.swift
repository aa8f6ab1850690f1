import Kernels
import NetworkTestSupport
import Testing

/// The convolution in the Winograd domain against the im2col convolution.
@Suite struct WinogradTests {
    /// Sizes that do and do not divide into tiles, and numbers of channels below, at and beyond whole vectors and
    /// panels.
    @Test(arguments: [3, 5], [(4, 4, 16, 64), (5, 7, 3, 17), (8, 8, 40, 160), (13, 6, 70, 100)])
    func allThreeProducts(kernel: Int, size: (Int, Int, Int, Int)) throws {
        let (height, width, channels, filters) = size
        let convolution = ConvolutionGeometry(
            height: height, width: width, channels: channels, kernel: kernel, padding: kernel / 2)
        #expect(WinogradGeometry(height: height, width: width, kernel: kernel) == WinogradGeometry(convolution))
        try check(convolution, filters: filters)
    }

    /// A stride makes blocks of pixels of the channels. Maps and their padding end within a block, or with one.
    @Test(
        arguments: [(3, 2, 1), (4, 2, 1), (4, 2, 0), (4, 3, 3), (5, 3, 2), (6, 4, 1), (8, 4, 2)],
        [(16, 64), (32, 17)])
    func stridedConvolutions(window: (kernel: Int, stride: Int, padding: Int), channels: (Int, Int)) throws {
        for (height, width) in [(12, 12), (17, 30)] {
            try check(
                ConvolutionGeometry(
                    height: height, width: width, channels: channels.0, kernel: window.kernel, stride: window.stride,
                    padding: window.padding),
                filters: channels.1)
        }
    }

    @Test(arguments: [(2, 2, 16), (5, 2, 16), (4, 2, 17), (4, 1, 16), (7, 1, 16)])
    func otherConvolutionsHaveNoTransforms(kernel: Int, stride: Int, channels: Int) {
        let convolution = ConvolutionGeometry(
            height: 16, width: 16, channels: channels, kernel: kernel, stride: stride, padding: 1)
        #expect(WinogradGeometry(convolution) == nil)
    }

    private func check(_ g: ConvolutionGeometry, filters: Int) throws {
        let geometry = try #require(WinogradGeometry(g)), images = 3
        let (height, width, channels, rows) = (g.height, g.width, g.channels, geometry.phases * g.channels)
        let plain = Convolution<Double>(g, filters: filters, images: images, workspace: PatchWorkspace())
        let x = random(Double.self, 1, [images, height, width, channels])
        let dz = random(Double.self, 2, [images, g.outputHeight, g.outputWidth, filters])
        let w = random(Double.self, 3, [g.patch, filters])
        let taps = blocks(w, g, geometry)

        let v = TransformedMaps<Double>(geometry, images: images, channels: rows)
        let m = TransformedMaps<Double>(geometry, images: images, channels: filters)
        let u = TransformedWeights<Double>(geometry, rows: rows, columns: filters)
        u.transform(taps)
        v.transformInput(x)
        multiplyAll(PointFactor(v, u), into: m, images: images)
        let z = Tensor<Double>(shape: dz.shape), expected = Tensor<Double>(shape: dz.shape)
        m.transformOutput(accumulatingInto: z)
        plain.forward(x, weights: w, into: expected)
        #expect(worstDifference(z, expected) < 1e-10)

        m.transformOutputBackward(dz)
        let du = TransformedGradient<Double>(geometry, rows: rows, columns: filters)
        multiplyBackward(nil, WeightProducts([.init(v, accumulatingInto: du)], m, images: images))
        let dw = random(Double.self, 4, [g.patch, filters]), expectedDW = Tensor<Double>(shape: dw.shape)
        expectedDW.copy(from: dw)
        addBack(du, g, to: dw)
        plain.weightGradient(x, dz, accumulatingInto: expectedDW)
        #expect(worstDifference(dw, expectedDW) < 1e-10)
        du.clear()
        addBack(du, g, to: dw)
        #expect(worstDifference(dw, expectedDW) < 1e-10, "an empty sum")

        let back = TransformedWeights<Double>(geometry, rows: filters, columns: rows)
        back.transform(transposed: [taps])
        multiplyAll(PointFactor(m, back), into: v, images: images)
        let dx = random(Double.self, 5, [images, height, width, channels]), expectedDX = Tensor<Double>(shape: dx.shape)
        expectedDX.copy(from: dx)
        v.transformInputBackward(accumulatingInto: dx)
        plain.inputGradient(dz, weights: w, accumulatingInto: expectedDX)
        #expect(worstDifference(dx, expectedDX) < 1e-10)
    }

    /// Returns the kernel that the transforms read: w itself, or over blocks of pixels.
    private func blocks(
        _ w: Tensor<Double>, _ g: ConvolutionGeometry, _ geometry: WinogradGeometry
    ) -> Tensor<Double> {
        guard g.stride > 1 else { return w }
        let taps = Tensor<Double>(4 * geometry.phases * g.channels, w.shape[1])
        copyTaps(of: w, g, toBlocks: taps)
        return taps
    }

    private func addBack(_ du: TransformedGradient<Double>, _ g: ConvolutionGeometry, to dw: Tensor<Double>) {
        guard g.stride > 1 else { return du.transformBack(accumulatingInto: dw) }
        let taps = Tensor<Double>(4 * du.rows, du.columns)
        du.transformBack(accumulatingInto: taps)
        addTaps(ofBlocks: taps, g, accumulatingInto: dw)
    }

    private func multiplyAll(_ factor: PointFactor<Double>, into m: TransformedMaps<Double>, images: Int) {
        multiplyBackward(InputProduct(factor, images: images, into: m), nil)
    }
}
