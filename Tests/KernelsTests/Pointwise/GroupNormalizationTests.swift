import Kernels
import Testing

/// Group normalization against its definition, written as loops in double precision.
@Suite struct GroupNormalizationTests {
    private static let samples = 2, height = 7, width = 5, channels = 24

    @Test(arguments: [1, 3, 8, 24], [false, true]) func asDefined(group: Int, everyPlace: Bool) {
        check(Double.self, group, everyPlace, mean: 0.5, tolerance: 1e-12)
        check(Float.self, group, everyPlace, mean: 0.5, tolerance: 2e-5)
    }

    /// The fused kernel equals normalization followed by the gates, forward and backward, and keeps the preactivations
    /// until backward.
    @Test(arguments: [(24, 1), (24, 3), (24, 32), (24, 96), (3, 4), (16, 8)], [false, true])
    func withTheGatesStep(sizes: (hidden: Int, group: Int), everyPlace: Bool) {
        for activation in [GateActivation.logistic, .hardSigmoid] {
            checkStep(Double.self, sizes.hidden, sizes.group, everyPlace, activation, tolerance: 1e-12)
            checkStep(Float.self, sizes.hidden, sizes.group, everyPlace, activation, tolerance: 2e-5)
        }
    }

    private func checkStep<S: Scalar>(
        _: S.Type, _ hidden: Int, _ group: Int, _ everyPlace: Bool, _ activation: GateActivation, tolerance: Double
    ) {
        let samples = Self.samples, map = [Self.height, Self.width]
        let all = [samples] + map + [4 * hidden], state = [samples] + map + [hidden]
        let weights = everyPlace ? map + [4 * hidden] : [4 * hidden]
        let kernel = GroupNormalization(
            channels: group, scale: random(S.self, 3, weights), shift: random(S.self, 4, weights))
        func zeros(_ shape: [Int]) -> Tensor<S> { Tensor(shape: shape) }
        func peepholes(_ make: (UInt64) -> Tensor<S>) -> Peepholes<S> { Peepholes(i: make(7), f: make(8), o: make(9)) }
        func bothWays(
            _ forward: (GateStep<S>) -> Void,
            _ backward: (GateStepBackward<S>, _ dscale: Tensor<S>, _ dshift: Tensor<S>) -> Void
        ) -> [(name: String, tensor: Tensor<S>)] {
            let gates = random(S.self, 1, all), before = random(S.self, 2, state), cell = zeros(state), h = zeros(state)
            let peepholes = everyPlace ? peepholes { random(S.self, $0, map + [hidden]) } : nil
            forward(
                GateStep(
                    gates: gates, bias: zeros([4 * hidden]), activation: activation, peepholes: peepholes,
                    previousCell: before, cell: cell, hidden: h))
            let dc = random(S.self, 6, state), ds = zeros(weights), dt = zeros(weights)
            let dw = (0..<3).map { _ in zeros(map + [hidden]) }
            backward(
                GateStepBackward(
                    gates: gates, activation: activation, peepholes: peepholes,
                    peepholeGradients: Peepholes(i: dw[0], f: dw[1], o: dw[2]), previousCell: before, cell: cell,
                    hiddenGradient: random(S.self, 5, state), cellGradient: dc), ds, dt)
            return [("c", cell), ("h", h), ("da", gates), ("dc", dc), ("dscale", ds), ("dshift", dt)]
                + dw.map { ("dw", $0) }
        }
        let n = zeros(all), r = zeros([samples, 4 * hidden / group])
        let plain = bothWays { step in
            kernel.forward(step.gates, normalized: n, inverseDeviations: r)
            step.forward()
        } _: { step, ds, dt in
            step.backward()
            kernel.backward(step.gates, normalized: n, inverseDeviations: r, scaleGradient: ds, shiftGradient: dt)
        }
        let deviations = zeros(r.shape), moments = GroupMoments(mean: zeros(r.shape), inverseDeviation: deviations)
        let together = bothWays { step in
            kernel.forward(step, moments: moments)
            #expect(numbers(step.gates) == numbers(random(S.self, 1, all)))
        } _: { step, ds, dt in
            kernel.backward(
                step, moments: moments, scratch: zeros(map + [4 * hidden]), scaleGradient: ds, shiftGradient: dt)
        }
        for (a, b) in zip(plain, together) { expectClose(b.tensor, numbers(a.tensor), 10 * tolerance, "\(a.name)") }
        #expect(numbers(deviations) == numbers(r))
    }

    /// Elements far from zero lose the digits that their rounding has lost already, and no others.
    @Test func farFromZero() {
        check(Double.self, 8, false, mean: 1e6, tolerance: 1e-8)
        check(Float.self, 8, false, mean: 100, tolerance: 2e-4)
    }

    private func check<S: Scalar>(_: S.Type, _ group: Int, _ everyPlace: Bool, mean: Double, tolerance: Double) {
        let (samples, channels) = (Self.samples, Self.channels), places = Self.height * Self.width
        let shape = [samples, Self.height, Self.width, channels]
        let weights = everyPlace ? [Self.height, Self.width, channels] : [channels]
        let x = random(S.self, 1, shape), dy = random(S.self, 2, shape)
        var values = x.mutableSpan
        for i in values.indices { values[i] += S(mean) }
        let scale = random(S.self, 3, weights), shift = random(S.self, 4, weights)
        let (given, slopes) = (numbers(x), numbers(dy)), (factors, offsets) = (numbers(scale), numbers(shift))

        let kernel = GroupNormalization(channels: group, scale: scale, shift: shift)
        let normalized = Tensor<S>(shape: shape), deviations = Tensor<S>(samples, channels / group)
        let dscale = Tensor<S>(shape: weights), dshift = Tensor<S>(shape: weights)
        kernel.forward(x, normalized: normalized, inverseDeviations: deviations)
        kernel.backward(
            dy, normalized: normalized, inverseDeviations: deviations, scaleGradient: dscale, shiftGradient: dshift)

        var y = given, dx = given, ds = factors.map { _ in 0.0 }, dt = ds
        for sample in 0..<samples {
            for first in stride(from: 0, to: channels, by: group) {
                let all = (0..<places).flatMap { place in
                    (first..<first + group).map { (sample * places + place) * channels + $0 }
                }
                let count = Double(all.count), m = all.reduce(0) { $0 + given[$1] } / count
                let r = 1 / (all.reduce(0) { $0 + (given[$1] - m) * (given[$1] - m) } / count + 1e-5).squareRoot()
                let n = Dictionary(uniqueKeysWithValues: all.map { ($0, (given[$0] - m) * r) })
                let dn = Dictionary(uniqueKeysWithValues: all.map { ($0, factors[$0 % factors.count] * slopes[$0]) })
                let sum = all.reduce(0) { $0 + dn[$1]! } / count,
                    product = all.reduce(0) { $0 + dn[$1]! * n[$1]! } / count
                for i in all {
                    let weight = i % factors.count
                    y[i] = factors[weight] * n[i]! + offsets[weight]
                    dx[i] = r * (dn[i]! - sum - n[i]! * product)
                    ds[weight] += slopes[i] * n[i]!
                    dt[weight] += slopes[i]
                }
            }
        }
        expectClose(x, y, tolerance)
        expectClose(dy, dx, tolerance)
        expectClose(dscale, ds, 10 * tolerance)
        expectClose(dshift, dt, 10 * tolerance)
    }
}
