import Kernels
import NetworkTestSupport
import Testing

/// Products that share dM against each of them alone.
@Suite struct SharedProductTests {
    private let geometry = WinogradGeometry(height: 40, width: 38, kernel: 3)!

    /// Gradients of both inputs by one product, and of either by its columns, have the bits that they have alone, where
    /// columns begin within a block and at one, in one panel and in the next.
    @Test(arguments: [(40, 20), (48, 64), (7, 9), (128, 1), (3, 130)])
    func gradientsSideBySide(h: Int, x: Int) {
        let filters = 24, images = 2, columns = h + x, n = geometry.kernel * geometry.kernel
        let dm = TransformedMaps<Float>(geometry, images: images + 1, channels: filters)
        dm.transformOutputBackward(random(Float.self, 1, [images + 1, 40, 38, filters]))
        let kernels = [random(Float.self, 2, [n * h, filters]), random(Float.self, 3, [n * x, filters])]
        let u = TransformedWeights<Float>(geometry, rows: filters, columns: columns)
        u.transform(transposed: kernels)

        /// The gradients of some columns: each of the channels from one on.
        func gradients(
            _ u: TransformedWeights<Float>, _ columns: Range<Int>, _ parts: [(first: Int, channels: Int)]
        ) -> [Tensor<Float>] {
            let dv = TransformedMaps<Float>(geometry, images: images, channels: columns.count)
            let factor = PointFactor(dm, first: 1, u)
            multiplyBackward(InputProduct(factor, columns: columns, images: images, into: dv), nil)
            return parts.map { first, channels in
                let dx = random(Float.self, 4, [images, 40, 38, channels])
                dv.transformInputBackward(accumulatingInto: dx, from: first)
                return dx
            }
        }
        func alone(_ kernel: Tensor<Float>, _ channels: Int) -> Tensor<Float> {
            let u = TransformedWeights<Float>(geometry, rows: filters, columns: channels)
            u.transform(transposed: [kernel])
            return gradients(u, 0..<channels, [(0, channels)])[0]
        }
        let first = h / 16 * 16, expected = [alone(kernels[0], h), alone(kernels[1], x)].map(array)
        #expect(gradients(u, 0..<columns, [(0, h), (h, x)]).map(array) == expected)
        #expect(gradients(u, 0..<h, [(0, h)]).map(array) == [expected[0]])
        #expect(gradients(u, first..<columns, [(h - first, x)]).map(array) == [expected[1]])
    }

    /// Maps that lack the first images of dM, which end within the tiles that are multiplied at once.
    @Test func gradientsOfWeightsWithoutTheFirstImages() {
        let filters = 40, images = 3, (x, h) = (5, 19)
        let dm = TransformedMaps<Double>(geometry, images: images, channels: filters)
        dm.transformOutputBackward(random(Double.self, 1, [images, 40, 38, filters]))

        /// The gradient of weights by the last of some images, alone or beside another.
        typealias Factor = (du: TransformedGradient<Double>, product: WeightProducts<Double>.Factor)
        func factor(_ channels: Int, last count: Int) -> Factor {
            let v = TransformedMaps<Double>(geometry, images: count, channels: channels)
            v.transformInput(random(Double.self, 2, [images, 40, 38, channels])[images - count..<images])
            let du = TransformedGradient<Double>(geometry, rows: channels, columns: filters)
            return (du, WeightProducts.Factor(v, accumulatingInto: du))
        }
        func gradient(_ du: TransformedGradient<Double>) -> Tensor<Double> {
            let dw = Tensor<Double>(geometry.kernel * geometry.kernel * du.rows, filters)
            du.transformBack(accumulatingInto: dw)
            return dw
        }
        for last in [(3, 3), (3, 2), (2, 3), (1, 3), (3, 1)] {
            func factors() -> [Factor] { [factor(x, last: last.0), factor(h, last: last.1)] }
            let both = factors(), separate = factors()
            // Twice, so that sums are begun and continued.
            for _ in 0..<2 {
                multiplyBackward(nil, WeightProducts(both.map(\.product), dm, images: images))
                for it in separate { multiplyBackward(nil, WeightProducts([it.product], dm, images: images)) }
            }
            let plain = Convolution<Double>(
                ConvolutionGeometry(height: 40, width: 38, channels: h, kernel: 3, padding: 1), filters: filters,
                images: images, workspace: PatchWorkspace())
            let expected = Tensor<Double>(9 * h, filters), some = images - last.1..<images
            for _ in 0..<2 {
                plain.weightGradient(
                    random(Double.self, 2, [images, 40, 38, h])[some],
                    random(Double.self, 1, [images, 40, 38, filters])[some], accumulatingInto: expected)
            }
            #expect(worstDifference(gradient(both[1].du), expected) < 1e-9)
            for (one, other) in zip(both, separate) {
                #expect(array(gradient(one.du)) == array(gradient(other.du)))
            }
        }
    }
}

private func array<S: Scalar>(_ tensor: Tensor<S>) -> [S] { numbers(tensor) }
