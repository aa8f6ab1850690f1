import Kernels
import Testing

/// Steps whose preactivations are normalized against the definition of group normalization, written as loops in double
/// precision, and the gates alone.
@Suite struct GroupNormalizationTests {
    private let samples = 2, height = 7, width = 5

    /// The states and all gradients are those of the definition, and forward keeps the preactivations for backward.
    @Test(arguments: [(24, 1), (24, 3), (24, 32), (24, 96), (3, 4), (16, 8)], [false, true])
    func asDefined(sizes: (hidden: Int, group: Int), everyPlace: Bool) {
        for activation in [GateActivation.logistic, .hardSigmoid] {
            check(Double.self, sizes, everyPlace, activation, mean: 0.5, tolerance: 1e-12)
            check(Float.self, sizes, everyPlace, activation, mean: 0.5, tolerance: 2e-5)
        }
    }

    /// Elements far from zero lose the digits that their rounding has lost already, and no others.
    @Test func farFromZero() {
        check(Double.self, (24, 8), false, .logistic, mean: 1e6, tolerance: 1e-8)
        check(Float.self, (24, 8), false, .logistic, mean: 100, tolerance: 2e-4)
    }

    private func check<S: Scalar>(
        _: S.Type, _ sizes: (hidden: Int, group: Int), _ everyPlace: Bool, _ activation: GateActivation, mean: Double,
        tolerance: Double
    ) {
        let n = sizes.hidden, map = [height, width], all = [samples] + map + [4 * n], state = [samples] + map + [n]
        let weights = everyPlace ? map + [4 * n] : [4 * n]
        func zeros(_ shape: [Int]) -> Tensor<S> { Tensor(shape: shape) }
        let x = random(S.self, 1, all), scale = random(S.self, 3, weights), shift = random(S.self, 4, weights)
        var values = x.mutableSpan
        for i in values.indices { values[i] += S(mean) }
        func peepholes(_ make: (UInt64) -> Tensor<S>) -> Peepholes<S> { Peepholes(i: make(7), f: make(8), o: make(9)) }
        func bothWays(
            _ forward: (GateStep<S>) -> Void,
            _ backward: (GateStepBackward<S>, _ dscale: Tensor<S>, _ dshift: Tensor<S>) -> Void
        ) -> [(name: String, tensor: Tensor<S>)] {
            let gates = zeros(all), before = random(S.self, 2, state), cell = zeros(state), h = zeros(state)
            gates.copy(from: x)
            let peepholes = everyPlace ? peepholes { random(S.self, $0, map + [n]) } : nil
            forward(
                GateStep(
                    gates: gates, bias: zeros([4 * n]), activation: activation, peepholes: peepholes,
                    previousCell: before, cell: cell, hidden: h))
            let dc = random(S.self, 6, state), ds = zeros(weights), dt = zeros(weights)
            let dw = (0..<3).map { _ in zeros(map + [n]) }
            backward(
                GateStepBackward(
                    gates: gates, activation: activation, peepholes: peepholes,
                    peepholeGradients: Peepholes(i: dw[0], f: dw[1], o: dw[2]), previousCell: before, cell: cell,
                    hiddenGradient: random(S.self, 5, state), cellGradient: dc), ds, dt)
            return [("c", cell), ("h", h), ("da", gates), ("dc", dc), ("dscale", ds), ("dshift", dt)]
                + dw.map { ("dw", $0) }
        }

        let definition = Definition(
            samples: samples, places: height * width, channels: 4 * n, group: sizes.group, x: numbers(x),
            scale: numbers(scale), shift: numbers(shift))
        let defined = bothWays { step in
            set(step.gates, definition.y)
            step.forward()
        } _: { step, dscale, dshift in
            step.backward()
            let (dx, ds, dt) = definition.backward(numbers(step.gates))
            set(step.gates, dx)
            set(dscale, ds)
            set(dshift, dt)
        }
        let kernel = GroupNormalization(channels: sizes.group, scale: scale, shift: shift)
        let groups = zeros([samples, 4 * n / sizes.group]), means = zeros(groups.shape)
        let moments = GroupMoments(mean: means, inverseDeviation: groups)
        let here = bothWays { step in
            kernel.forward(step, moments: moments)
            #expect(numbers(step.gates) == numbers(x))
        } _: { step, ds, dt in
            NormalizedStepBackward(
                step, kernel, moments: moments, scratch: zeros(map + [4 * n]), scaleGradient: ds, shiftGradient: dt
            ).backward()
        }
        for (a, b) in zip(defined, here) {
            let isSum = a.name.hasPrefix("dscale") || a.name.hasPrefix("dshift")
            expectClose(b.tensor, numbers(a.tensor), isSum ? 10 * tolerance : tolerance, "\(a.name)")
        }
        expectClose(means, definition.means, tolerance * max(1, mean), "m")
        expectClose(groups, definition.inverseDeviations, tolerance, "r")
    }

    private func set<S: Scalar>(_ tensor: Tensor<S>, _ numbers: [Double]) {
        var elements = tensor.mutableSpan
        for i in elements.indices { elements[i] = S(numbers[i]) }
    }
}

/// Group normalization as it is defined.
private struct Definition {
    let samples, places, channels, group: Int
    let scale: [Double]
    private(set) var n, y: [Double]

    /// Of each sample and group.
    private(set) var means: [Double] = [], inverseDeviations: [Double] = []

    init(samples: Int, places: Int, channels: Int, group: Int, x: [Double], scale: [Double], shift: [Double]) {
        (self.samples, self.places, self.channels, self.group, self.scale) = (samples, places, channels, group, scale)
        (n, y) = (x, x)
        for all in indices {
            let count = Double(all.count), m = all.reduce(0) { $0 + x[$1] } / count
            let r = 1 / (all.reduce(0) { $0 + (x[$1] - m) * (x[$1] - m) } / count + 1e-5).squareRoot()
            means.append(m)
            inverseDeviations.append(r)
            for i in all {
                n[i] = (x[i] - m) * r
                y[i] = scale[i % scale.count] * n[i] + shift[i % scale.count]
            }
        }
    }

    /// The elements of each group of each sample.
    private var indices: [[Int]] {
        (0..<samples).flatMap { sample in
            stride(from: 0, to: channels, by: group).map { first in
                (0..<places).flatMap { place in
                    (first..<first + group).map { (sample * places + place) * channels + $0 }
                }
            }
        }
    }

    func backward(_ dy: [Double]) -> (dx: [Double], dscale: [Double], dshift: [Double]) {
        var dx = dy, ds = scale.map { _ in 0.0 }, dt = ds
        for (number, all) in indices.enumerated() {
            let count = Double(all.count), r = inverseDeviations[number]
            func dn(_ i: Int) -> Double { scale[i % scale.count] * dy[i] }
            let sum = all.reduce(0) { $0 + dn($1) } / count, product = all.reduce(0) { $0 + dn($1) * n[$1] } / count
            for i in all {
                dx[i] = r * (dn(i) - sum - n[i] * product)
                ds[i % scale.count] += dy[i] * n[i]
                dt[i % scale.count] += dy[i]
            }
        }
        return (dx, ds, dt)
    }
}
