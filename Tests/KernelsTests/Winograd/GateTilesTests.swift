import Kernels
import NetworkTestSupport
import Testing

/// The gates on Winograd tiles against the gates on rows.
@Suite struct GateTilesTests {
    private let images = 2, height = 7, width = 5

    /// Numbers of hidden channels below, at and beyond whole vectors.
    @Test(arguments: [3, 5], [3, 16, 24, 37]) func bothWays(kernel: Int, hidden: Int) throws {
        for activation in GateActivation.allCases {
            try check(try #require(WinogradGeometry(height: height, width: width, kernel: kernel)), hidden, activation)
        }
    }

    private func check(_ geometry: WinogradGeometry, _ n: Int, _ activation: GateActivation) throws {
        let columns = GateColumns(hidden: n), a = Tensor<Double>(images, height, width, 4 * n)
        func map(_ seed: UInt64) -> Tensor<Double> { random(Double.self, seed, [images, height, width, n]) }
        func weight(_ seed: UInt64) -> Tensor<Double> { random(Double.self, seed, [height, width, n]) }
        let bias = random(Double.self, 1, [4 * n]), before = map(2)
        let peepholes = Peepholes(i: weight(3), f: weight(4), o: weight(5))
        func state() -> Tensor<Double> { Tensor(images, height, width, n) }
        func step(
            _ gates: Tensor<Double>, keepsGates: Bool = true, _ c: Tensor<Double>, _ h: Tensor<Double>
        ) -> GateStep<Double> {
            GateStep(
                gates: gates, keepsGates: keepsGates, bias: bias, activation: activation, peepholes: peepholes,
                previousCell: before, cell: c, hidden: h)
        }
        let gates = Tensor<Double>(shape: a.shape), (c, h) = (state(), state()), (c2, h2) = (state(), state())
        let none = Tensor<Double>(shape: a.shape), (c3, h3) = (state(), state())
        for block in 0..<columns.blocks {
            let z = random(Double.self, 10 + UInt64(block), [images, height, width, 4 * columns.width(block)])
            let m = TransformedMaps<Double>(geometry, images: images, channels: 4 * columns.width(block))
            // A round trip through the Winograd domain enlarges values, and a test of saturated gates would prove
            // little.
            scale(z, by: 1e-6)
            m.transformOutputBackward(z)
            m.preactivations(into: a, block: block)
            m.step(step(gates, c, h), block: block)
            m.step(step(none, keepsGates: false, c3, h3), block: block)
        }
        step(a, c2, h2).forward()
        #expect(
            worstDifference(rows(gates, columns), a) < 1e-12 && worstDifference(c, c2) < 1e-12
                && worstDifference(h, h2) < 1e-12)
        #expect(worstDifference(c, c3) == 0 && worstDifference(h, h3) == 0)
        #expect(worstDifference(none, Tensor(shape: a.shape)) == 0 && worstDifference(gates, none) > 0.1)

        let dh = map(6)
        func backward(_ gates: Tensor<Double>, _ dc: Tensor<Double>, _ w: Peepholes<Double>) -> GateStepBackward<Double>
        {
            GateStepBackward(
                gates: gates, activation: activation, peepholes: peepholes, peepholeGradients: w, previousCell: before,
                cell: c, hiddenGradient: dh, cellGradient: dc)
        }
        let (dc, dc2) = (map(7), map(7))
        let (dw, dw2) = (maps(n), maps(n)), (db, db2) = (Tensor<Double>(4 * n), Tensor<Double>(4 * n))
        let dm = TransformedMaps<Double>(geometry, images: images + 1, channels: 4 * n)
        let dm2 = TransformedMaps<Double>(geometry, images: images + 1, channels: 4 * n)
        backward(gates, dc, Peepholes(i: dw[0], f: dw[1], o: dw[2])).backward(into: dm, at: 1, biasGradient: db)
        backward(a, dc2, Peepholes(i: dw2[0], f: dw2[1], o: dw2[2])).backward()
        dm2.transformOutputBackward(inColumns(a, columns), at: 1)
        sumRows(of: a, accumulatingInto: db2)
        #expect(worstDifference(dc, dc2) < 1e-12 && worstDifference(db, db2) < 1e-12)
        for (one, other) in zip(dw, dw2) { #expect(worstDifference(one, other) < 1e-12) }
        let (z, z2) = (Tensor<Double>(shape: a.shape), Tensor<Double>(shape: a.shape))
        dm.transformOutput(accumulatingInto: z, from: 1)
        dm2.transformOutput(accumulatingInto: z2, from: 1)
        #expect(worstDifference(z, z2) < 1e-9 && worstDifference(z, Tensor(shape: z.shape)) > 1e-3)
    }

    /// The gradient of preactivations that were normalized, each value where it is read, against the one in memory.
    @Test(arguments: [3, 5], [3, 16, 24, 37]) func normalized(kernel: Int, hidden: Int) throws {
        for activation in GateActivation.allCases {
            for weights in [[], [height, width]] {
                let geometry = try #require(WinogradGeometry(height: height, width: width, kernel: kernel))
                checkNormalized(geometry, hidden, activation, scale: random(Double.self, 1, weights + [4 * hidden]))
            }
        }
    }

    private func checkNormalized(
        _ geometry: WinogradGeometry, _ n: Int, _ activation: GateActivation, scale: Tensor<Double>
    ) {
        let shape = [images, height, width, 4 * n], columns = GateColumns(hidden: n)
        let normalization = GroupNormalization(channels: n, scale: scale, shift: Tensor(shape: scale.shape))
        func map(_ seed: UInt64) -> Tensor<Double> { random(Double.self, seed, [images, height, width, n]) }
        func backward(
            _ run: (NormalizedStepBackward<Double>, _ a: Tensor<Double>, _ db: Tensor<Double>) -> Void
        ) -> [Tensor<Double>] {
            let a = random(Double.self, 2, shape), (c, h) = (map(3), map(4))
            let moments = GroupMoments<Double>(mean: Tensor(images, 4), inverseDeviation: Tensor(images, 4))
            let step = GateStep(
                gates: a, bias: Tensor(4 * n), activation: activation, peepholes: nil, previousCell: map(5), cell: c,
                hidden: h)
            normalization.forward(step, moments: moments)
            let (dc, db) = (map(6), Tensor<Double>(4 * n))
            let (ds, dt) = (Tensor<Double>(shape: scale.shape), Tensor<Double>(shape: scale.shape))
            let gates = GateStepBackward(
                gates: a, activation: activation, peepholes: nil, peepholeGradients: nil, previousCell: map(5),
                cell: c, hiddenGradient: map(7), cellGradient: dc)
            let backward = NormalizedStepBackward(
                gates, normalization, moments: moments, scratch: Tensor(height, width, 4 * n), scaleGradient: ds,
                shiftGradient: dt)
            run(backward, a, db)
            return [dc, db, ds, dt]
        }
        let dm = TransformedMaps<Double>(geometry, images: images + 1, channels: 4 * n)
        let dm2 = TransformedMaps<Double>(geometry, images: images + 1, channels: 4 * n)
        let here = backward { step, a, db in
            step.backward(into: dm, at: 1, biasGradient: db)
            #expect(worstDifference(a, random(Double.self, 2, shape)) == 0)
        }
        let there = backward { step, a, db in
            step.backward()
            dm2.transformOutputBackward(inColumns(a, columns), at: 1)
            sumRows(of: a, accumulatingInto: db)
        }
        for (one, other) in zip(here, there) { #expect(worstDifference(one, other) < 1e-12) }
        let (z, z2) = (Tensor<Double>(shape: shape), Tensor<Double>(shape: shape))
        dm.transformOutput(accumulatingInto: z, from: 1)
        dm2.transformOutput(accumulatingInto: z2, from: 1)
        #expect(worstDifference(z, z2) < 1e-9 && worstDifference(z, Tensor(shape: shape)) > 1e-3)
    }

    /// Returns gates from the order of the products' columns in the order i, f, g, o of all channels.
    private func rows(_ gates: Tensor<Double>, _ columns: GateColumns) -> Tensor<Double> {
        let rows = Tensor<Double>(shape: gates.shape)
        var elements = rows.mutableSpan
        forEachElement(of: gates, columns) { row, column in elements[row] = gates.span[column] }
        return rows
    }

    /// Returns the opposite of `rows`.
    private func inColumns(_ a: Tensor<Double>, _ columns: GateColumns) -> Tensor<Double> {
        let ordered = Tensor<Double>(shape: a.shape)
        var elements = ordered.mutableSpan
        forEachElement(of: a, columns) { row, column in elements[column] = a.span[row] }
        return ordered
    }

    /// Calls the body with the place of each element in either order.
    private func forEachElement(
        of gates: Tensor<Double>, _ columns: GateColumns, _ body: (_ row: Int, _ column: Int) -> Void
    ) {
        let n = columns.hidden
        for first in stride(from: 0, to: gates.count, by: 4 * n) {
            for gate in 0..<4 {
                for channel in 0..<n {
                    let column = columns.first(block: channel / 16, gate: gate) + channel % 16
                    body(first + gate * n + channel, first + column)
                }
            }
        }
    }

    private func maps(_ n: Int) -> [Tensor<Double>] { (0..<3).map { _ in Tensor(height, width, n) } }
}
