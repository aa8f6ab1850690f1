import Kernels
import NetworkTestSupport
import Testing

/// The convolution in the Winograd domain against the im2col convolution.
@Suite struct WinogradTests {
    /// Sizes that do and do not divide into tiles, and numbers of channels below, at and beyond whole vectors and
    /// panels.
    @Test(arguments: [3, 5], [(4, 4, 16, 64), (5, 7, 3, 17), (8, 8, 40, 160), (13, 6, 70, 100)])
    func allThreeProducts(kernel: Int, size: (Int, Int, Int, Int)) throws {
        let (height, width, channels, filters) = size, images = 3
        let geometry = try #require(WinogradGeometry(height: height, width: width, kernel: kernel))
        let plain = Convolution<Double>(
            ConvolutionGeometry(
                height: height, width: width, channels: channels, kernel: kernel, padding: kernel / 2),
            filters: filters, images: images, workspace: PatchWorkspace())
        let x = random(Double.self, 1, [images, height, width, channels])
        let dz = random(Double.self, 2, [images, height, width, filters])
        let w = random(Double.self, 3, [kernel * kernel * channels, filters])

        let v = TransformedMaps<Double>(geometry, images: images, channels: channels)
        let m = TransformedMaps<Double>(geometry, images: images, channels: filters)
        let u = TransformedWeights<Double>(geometry, rows: channels, columns: filters)
        u.transform(w)
        v.transformInput(x)
        multiplyAll(PointFactor(v, u), into: m, images: images)
        let z = Tensor<Double>(shape: dz.shape), expected = Tensor<Double>(shape: dz.shape)
        m.transformOutput(into: z)
        plain.forward(x, weights: w, into: expected)
        #expect(worstDifference(z, expected) < 1e-10)

        m.transformOutputBackward(dz)
        let du = TransformedGradient<Double>(geometry, rows: channels, columns: filters)
        multiplyBackward(
            geometry, [], [WeightProduct(v, m, images: images, accumulatingInto: du)])
        let dw = random(Double.self, 4, [kernel * kernel * channels, filters])
        let expectedDW = Tensor<Double>(shape: dw.shape)
        expectedDW.copy(from: dw)
        du.transformBack(accumulatingInto: dw)
        plain.weightGradient(x, dz, accumulatingInto: expectedDW)
        #expect(worstDifference(dw, expectedDW) < 1e-10)
        du.clear()
        du.transformBack(accumulatingInto: dw)
        #expect(worstDifference(dw, expectedDW) < 1e-10, "an empty sum")

        let back = TransformedWeights<Double>(geometry, rows: filters, columns: channels)
        back.transform(transposed(w, rows: channels, columns: filters))
        multiplyAll(PointFactor(m, back), into: v, images: images)
        let dx = random(Double.self, 5, [images, height, width, channels]), expectedDX = Tensor<Double>(shape: dx.shape)
        expectedDX.copy(from: dx)
        v.transformInputBackward(accumulatingInto: dx)
        plain.inputGradient(dz, weights: w, accumulatingInto: expectedDX)
        #expect(worstDifference(dx, expectedDX) < 1e-10)
    }

    private func multiplyAll(_ factor: PointFactor<Double>, into m: TransformedMaps<Double>, images: Int) {
        multiplyBackward(m.geometry, [InputProduct(factor, images: images, into: m)], [])
    }

    /// Returns the weights with each tap's (rows, columns) matrix transposed.
    private func transposed(_ w: Tensor<Double>, rows: Int, columns: Int) -> Tensor<Double> {
        let turned = Tensor<Double>(w.shape[0] / rows * columns, rows), source = w.span
        var target = turned.mutableSpan
        for tap in 0..<w.shape[0] / rows {
            for row in 0..<rows {
                for column in 0..<columns {
                    target[(tap * columns + column) * rows + row] = source[(tap * rows + row) * columns + column]
                }
            }
        }
        return turned
    }
}
