import Kernels
import Randomness
import Testing

/// The gates' step on tiles against the step on rows.
@Suite struct GateTilesTests {
    private let images = 2, height = 7, width = 5

    /// Hidden channels below, at and beyond whole lanes.
    @Test(arguments: [3, 5], [3, 16, 24, 37]) func bothWays(kernel: Int, hidden: Int) throws {
        for activation in GateActivation.allCases {
            try check(try #require(WinogradGeometry(height: height, width: width, kernel: kernel)), hidden, activation)
        }
    }

    private func check(_ geometry: WinogradGeometry, _ n: Int, _ activation: GateActivation) throws {
        let columns = GateColumns(hidden: n), a = Tensor<Double>(images, height, width, 4 * n)
        let bias = random(4 * n, seed: 1), before = random(images, height, width, n, seed: 2)
        let peepholes = Peepholes(
            i: random(height, width, n, seed: 3), f: random(height, width, n, seed: 4), o: random(height, width, n, seed: 5))
        func state() -> Tensor<Double> { Tensor(images, height, width, n) }
        func step(_ gates: Tensor<Double>, _ c: Tensor<Double>, _ h: Tensor<Double>) -> GateStep<Double> {
            GateStep(
                gates: gates, bias: bias, activation: activation, peepholes: peepholes, previousCell: before, cell: c,
                hidden: h)
        }
        let gates = Tensor<Double>(shape: a.shape), (c, h) = (state(), state()), (c2, h2) = (state(), state())
        for block in 0..<columns.blocks {
            let z = random(images, height, width, 4 * columns.width(block), seed: 10 + UInt64(block))
            let m = TransformedMaps<Double>(geometry, images: images, channels: 4 * columns.width(block))
            // There and back makes numbers larger; gates that are all open or shut would prove little.
            scale(z, by: 1e-6)
            m.transformOutputBackward(z)
            m.preactivations(into: a, block: block)
            m.step(step(gates, c, h), block: block)
        }
        step(a, c2, h2).forward()
        #expect(difference(gates, a) < 1e-12 && difference(c, c2) < 1e-12 && difference(h, h2) < 1e-12)

        let dh = random(images, height, width, n, seed: 6)
        func backward(_ gates: Tensor<Double>, _ dc: Tensor<Double>, _ w: Peepholes<Double>) -> GateStepBackward<Double> {
            GateStepBackward(
                gates: gates, activation: activation, peepholes: peepholes, peepholeGradients: w, previousCell: before,
                cell: c, hiddenGradient: dh, cellGradient: dc)
        }
        let (dc, dc2) = (random(images, height, width, n, seed: 7), random(images, height, width, n, seed: 7))
        let (dw, dw2) = (maps(n), maps(n)), (db, db2) = (Tensor<Double>(4 * n), Tensor<Double>(4 * n))
        let dm = TransformedMaps<Double>(geometry, images: images + 1, channels: 4 * n)
        let dm2 = TransformedMaps<Double>(geometry, images: images + 1, channels: 4 * n)
        dm.stepBackward(backward(gates, dc, Peepholes(i: dw[0], f: dw[1], o: dw[2])), at: 1, biasGradient: db)
        backward(a, dc2, Peepholes(i: dw2[0], f: dw2[1], o: dw2[2])).backward()
        dm2.preactivationsBackward(a, at: 1)
        sumRows(of: a, accumulatingInto: db2)
        #expect(difference(dc, dc2) < 1e-12 && difference(db, db2) < 1e-12)
        for (one, other) in zip(dw, dw2) { #expect(difference(one, other) < 1e-12) }
        let (z, z2) = (Tensor<Double>(shape: a.shape), Tensor<Double>(shape: a.shape))
        dm.transformOutput(into: z, from: 1)
        dm2.transformOutput(into: z2, from: 1)
        #expect(difference(z, z2) < 1e-9 && difference(z, Tensor(shape: z.shape)) > 1e-3)
    }

    private func maps(_ n: Int) -> [Tensor<Double>] { (0..<3).map { _ in Tensor(height, width, n) } }

    private func random(_ shape: Int..., seed: UInt64) -> Tensor<Double> {
        let tensor = Tensor<Double>(shape: shape)
        var stream = RandomStream(seed), numbers = tensor.mutableSpan
        for i in numbers.indices { numbers[i] = stream.uniform(-1, 1) }
        return tensor
    }

    private func difference(_ a: Tensor<Double>, _ b: Tensor<Double>) -> Double {
        let (x, y) = (a.span, b.span)
        return x.indices.reduce(0) { max($0, abs(x[$1] - y[$1])) }
    }
}
