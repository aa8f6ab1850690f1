// The gates of a time step whose preactivations are normalized first, forward and backward: GroupNormalization and
// GateStep fused. The choice: as few passes over memory as possible. Forward takes one pass over an image for the
// moments and one for all the rest. Backward computes the sums over a group while it writes the gradient of the gates:
//
//     da = r (dn - sum dn / N - n sum (dn n) / N)    with dn = scale dy
//        = (r scale) dy - (r sum dn / N) - (r sum (dn n) / N) n
//
// The three terms in parentheses have one value per image and channel.

extension GroupNormalization {
    /// Computes the gates and states of a few images from their preactivations in `step.gates`, (images, height, width,
    /// 4 hidden), which the gates overwrite.
    ///
    /// - Parameters:
    ///   - normalized: n, in the shape of the gates; overwritten, for `backward`.
    ///   - inverseDeviations: r, (images, groups); overwritten, for `backward`.
    package func forward(_ step: GateStep<S>, normalized n: Tensor<S>, inverseDeviations r: Tensor<S>) {
        forPrecision(
            of: S.self,
            float: {
                normalizedStep(retyped(self) as GroupNormalization<Float>, retyped(step), retyped(n), retyped(r))
            },
            double: {
                normalizedStep(retyped(self) as GroupNormalization<Double>, retyped(step), retyped(n), retyped(r))
            })
    }

    /// Overwrites the gates with the gradient of the preactivations.
    ///
    /// - Parameters:
    ///   - normalized: n from the forward pass.
    ///   - inverseDeviations: r from the forward pass.
    ///   - scaleGradient: accumulated into, like `shiftGradient`.
    package func backward(
        _ step: GateStepBackward<S>, normalized n: Tensor<S>, inverseDeviations r: Tensor<S>,
        scaleGradient: Tensor<S>, shiftGradient: Tensor<S>
    ) {
        forPrecision(
            of: S.self,
            float: {
                normalizedStepBackward(
                    retyped(self) as GroupNormalization<Float>, retyped(step), retyped(n), retyped(r),
                    retyped(scaleGradient), retyped(shiftGradient))
            },
            double: {
                normalizedStepBackward(
                    retyped(self) as GroupNormalization<Double>, retyped(step), retyped(n), retyped(r),
                    retyped(scaleGradient), retyped(shiftGradient))
            })
    }
}

@inline(always)
private func normalizedStep<S: Scalar>(
    _ kernel: GroupNormalization<S>, _ step: GateStep<S>, _ normalized: Tensor<S>, _ inverseDeviations: Tensor<S>
) {
    let p = GatePointers(step), images = step.images, all = 4 * p.n
    let isAligned = p.n % 16 == 0
    let places = kernel.places(of: step.gates, normalized, inverseDeviations)
    withRows(3, of: all) { (rows: UnsafeMutablePointer<S>) in
        let mean = rows, r = rows + rowLength(all), y = rows + 2 * rowLength(all)
        @inline(always) func run<F: GateFunction>(_ function: F.Type, _ image: Int) {
            for place in 0..<places {
                let pixel = image &* places &+ place, a = p.gates + pixel &* all, n = normalized.pointer + pixel &* all
                let weight = kernel.isPerPlace ? place &* all : 0
                let scale = kernel.scale.pointer + weight, shift = kernel.shift.pointer + weight
                S.Vector.forEachInOneLoop(of: p.n) { k, m in
                    for gate in 0..<4 {
                        let c = gate &* p.n &+ k
                        let value = (S.Vector.load(a + c) - .load(mean + c)) * .load(r + c)
                        value.store(n + c, over: m)
                        S.Vector.load(shift + c).addingProduct(S.Vector.load(scale + c), value).store(y + 16 &* gate)
                    }
                    p.step(function, pixel, k, m, a: y, stride: 16)
                    for gate in 0..<4 {
                        S.Vector.load(y + 16 &* gate).stream(a + (gate &* p.n &+ k), over: m, isAligned: isAligned)
                    }
                }
            }
        }
        for image in 0..<images {
            for group in 0..<kernel.groups {
                let first = group * kernel.channels
                let moments = kernel.moments(p.gates + (image * places * all + first), places)
                inverseDeviations.pointer[image * kernel.groups + group] = moments.inverseDeviation
                for c in first..<first + kernel.channels { (mean[c], r[c]) = moments }
            }
            switch step.activation {
            case .logistic: run(Logistic.self, image)
            case .hardSigmoid: run(HardSigmoid.self, image)
            }
        }
    }
}

@inline(always)
private func normalizedStepBackward<S: Scalar>(
    _ kernel: GroupNormalization<S>, _ step: GateStepBackward<S>, _ normalized: Tensor<S>,
    _ inverseDeviations: Tensor<S>, _ scaleGradient: Tensor<S>, _ shiftGradient: Tensor<S>
) {
    let p = GateGradientPointers(step), all = 4 * p.n
    let places = kernel.places(of: step.gates, normalized, inverseDeviations)
    withRows(2, of: all) { (totals: UnsafeMutablePointer<Double>) in
        withRows(3, of: all) { (rows: UnsafeMutablePointer<S>) in
            for image in 0..<step.images {
                totals.update(repeating: 0, count: 2 * rowLength(all))
                let pass = NormalizedImage(
                    kernel: kernel, p: p, firstPixel: image * places, places: places, n: normalized.pointer,
                    dscale: scaleGradient.pointer, dshift: shiftGradient.pointer, totals: totals)
                switch step.activation {
                case .logistic: pass.stepBackward(Logistic.self)
                case .hardSigmoid: pass.stepBackward(HardSigmoid.self)
                }
                pass.bracket(inverseDeviations.pointer + image * kernel.groups, into: rows)
                pass.subtract(rows)
            }
        }
    }
}

/// The backward pass of one image of the batch.
private struct NormalizedImage<S: Scalar> {
    let kernel: GroupNormalization<S>
    let p: GateGradientPointers<S>
    let firstPixel, places: Int

    /// The normalized preactivations n of all images.
    let n: UnsafeMutablePointer<S>

    let dscale, dshift: UnsafeMutablePointer<S>

    /// Two rows of sums per channel: of dy, then of dy n. Where each pixel has a scale of its own they sum dn and dn n.
    let totals: UnsafeMutablePointer<Double>

    private var all: Int { 4 &* p.n }

    /// The number of pixels that are summed in the tensors' own precision before the sum goes to a double.
    private static var placesAtOnce: Int { 64 }

    /// Overwrites the gates with dy and computes the totals.
    @inline(always)
    func stepBackward<F: GateFunction>(_ function: F.Type) {
        withRows(1, of: 128) { (sums: UnsafeMutablePointer<S>) in
            for first in stride(from: 0, to: places, by: Self.placesAtOnce) {
                S.Vector.forEachInOneLoop(of: p.n) { k, m in
                    sums.update(repeating: 0, count: 128)
                    for place in first..<min(first &+ Self.placesAtOnce, places) {
                        let pixel = firstPixel &+ place
                        let gates = p.gates + (pixel &* all &+ k)
                        p.step(function, pixel, k, m, gates: gates, da: gates, stride: p.n)
                        add(place, k, m, to: sums)
                    }
                    for gate in 0..<4 {
                        let c = gate &* p.n &+ k
                        add(sums + 16 &* gate, to: totals + c, m)
                        add(sums + (64 &+ 16 &* gate), to: totals + (rowLength(all) &+ c), m)
                    }
                }
            }
        }
    }

    /// Adds the terms of one pixel and one block of channels.
    @inline(always)
    private func add(_ place: Int, _ k: Int, _ m: Int, to sums: UnsafeMutablePointer<S>) {
        for gate in 0..<4 {
            let c = gate &* p.n &+ k, at = (firstPixel &+ place) &* all &+ c, sum = sums + 16 &* gate
            var dn = S.Vector.load(p.gates + at)
            let n = S.Vector.load(n + at)
            if kernel.isPerPlace { dn = scaled(dn, n, at: place &* all &+ c, m) }
            (S.Vector.load(sum) + dn).store(sum)
            S.Vector.load(sum + 64).addingProduct(dn, n).store(sum + 64)
        }
    }

    /// Adds dn and dn n to the gradients of a pixel's own shift and scale, and returns dn times the scale. Out of line,
    /// as only layer normalization has them.
    @inline(never)
    private func scaled(_ dn: S.Vector, _ n: S.Vector, at weight: Int, _ m: Int) -> S.Vector {
        S.Vector.load(dscale + weight).addingProduct(dn, n).store(dscale + weight, over: m)
        (S.Vector.load(dshift + weight) + dn).store(dshift + weight, over: m)
        return dn * S.Vector.load(kernel.scale.pointer + weight)
    }

    @inline(always)
    private func add(_ sum: UnsafeMutablePointer<S>, to total: UnsafeMutablePointer<Double>, _ m: Int) {
        DoubleVector.forEach(of: m) { lane, n in
            (DoubleVector.load(total + lane) + DoubleVector.load(widening: sum + lane)).store(total + lane, over: n)
        }
    }

    /// Writes the three parenthesized terms of each channel, one row per term; where each pixel has a scale of its own,
    /// the first term is r alone. Also accumulates the gradients of scales and shifts that all pixels share.
    func bracket(_ inverseDeviations: UnsafeMutablePointer<S>, into rows: UnsafeMutablePointer<S>) {
        let row = rowLength(all), elements = Double(places * kernel.channels)
        for group in 0..<kernel.groups {
            let channels = group * kernel.channels..<(group + 1) * kernel.channels, r = inverseDeviations[group]
            var sum = 0.0, products = 0.0
            for c in channels {
                let scale = kernel.isPerPlace ? 1 : Double(kernel.scale.pointer[c])
                sum += scale * totals[c]
                products += scale * totals[row + c]
            }
            for c in channels {
                rows[c] = kernel.isPerPlace ? r : r * kernel.scale.pointer[c]
                rows[row + c] = S(Double(r) * sum / elements)
                rows[2 * row + c] = S(Double(r) * products / elements)
                guard !kernel.isPerPlace else { continue }
                dshift[c] += S(totals[c])
                dscale[c] += S(totals[row + c])
            }
        }
    }

    /// Overwrites dy with da.
    @inline(always)
    func subtract(_ rows: UnsafeMutablePointer<S>) {
        let row = rowLength(all)
        for place in 0..<places {
            let da = p.gates + (firstPixel &+ place) &* all, n = n + (firstPixel &+ place) &* all
            S.Vector.forEach(of: all) { c, m in
                var dy = S.Vector.load(da + c)
                if kernel.isPerPlace { dy *= S.Vector.load(kernel.scale.pointer + (place &* all &+ c)) }
                let rest = S.Vector.load(rows + (row &+ c)).addingProduct(
                    .load(rows + (2 &* row &+ c)), .load(n + c))
                (dy * S.Vector.load(rows + c) - rest).store(da + c, over: m)
            }
        }
    }
}

/// The length of a row of channels: padded for reads of whole vectors, and at least four vectors long.
@inline(always)
private func rowLength(_ channels: Int) -> Int { max(channels &+ 16, 64) }

/// Calls the body with a temporary array of zeroed rows.
@inline(always)
private func withRows<N: Scalar>(_ rows: Int, of channels: Int, _ body: (UnsafeMutablePointer<N>) -> Void) {
    withUnsafeTemporaryAllocation(of: N.self, capacity: rows * rowLength(channels)) {
        $0.initialize(repeating: 0)
        body($0.baseAddress!)
    }
}
