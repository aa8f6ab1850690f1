// The gates of a time step whose preactivations are normalized first, forward and backward: GroupNormalization and
// GateStep fused. The choice: as little memory as possible, kept or passed over. What backward needs of a step are the
// preactivations and their moments; it normalizes them again and makes the gates of them, which takes no longer than to
// read them would. Forward takes one pass over an image for the moments and one for all the rest. Backward computes the
// sums over a group while it writes the gradient of the gates:
//
//     da = r (dn - sum dn / N - n sum (dn n) / N)    with dn = scale dy
//        = (r scale) dy - (r sum dn / N) - (r sum (dn n) / N) n
//
// The three terms in parentheses have one value per image and channel.

import CProcessor

extension GroupNormalization {
    /// Computes the states of a few images from their preactivations in `step.gates`, (images, height, width,
    /// 4 hidden), which stay as they are, for `backward`.
    ///
    /// - Parameter moments: overwritten, for `backward`.
    package func forward(_ step: GateStep<S>, moments: GroupMoments<S>) {
        forPrecision(
            of: S.self,
            float: { normalizedStep(retyped(self) as GroupNormalization<Float>, retyped(step), retyped(moments)) },
            double: { normalizedStep(retyped(self) as GroupNormalization<Double>, retyped(step), retyped(moments)) })
    }

    /// Overwrites the preactivations in `step.gates` with their gradient.
    ///
    /// - Parameters:
    ///   - moments: those of the forward pass.
    ///   - scratch: memory for one image, (height, width, 4 hidden).
    ///   - scaleGradient: accumulated into, like `shiftGradient`.
    package func backward(
        _ step: GateStepBackward<S>, moments: GroupMoments<S>, scratch: Tensor<S>, scaleGradient: Tensor<S>,
        shiftGradient: Tensor<S>
    ) {
        forPrecision(
            of: S.self,
            float: {
                normalizedStepBackward(
                    retyped(self) as GroupNormalization<Float>, retyped(step), retyped(moments), retyped(scratch),
                    retyped(scaleGradient), retyped(shiftGradient))
            },
            double: {
                normalizedStepBackward(
                    retyped(self) as GroupNormalization<Double>, retyped(step), retyped(moments), retyped(scratch),
                    retyped(scaleGradient), retyped(shiftGradient))
            })
    }
}

@inline(always)
private func normalizedStep<S: Scalar>(
    _ kernel: GroupNormalization<S>, _ step: GateStep<S>, _ moments: GroupMoments<S>
) {
    let p = GatePointers(step), all = 4 * p.n
    let places = kernel.places(of: step.gates, moments)
    withRows(3, of: all) { (rows: UnsafeMutablePointer<S>) in
        let y = rows + 2 * rowLength(all)
        let image = NormalizedImage(kernel: kernel, hidden: p.n, rows: rows)
        @inline(always) func run<F: GateFunction>(_ function: F.Type, _ number: Int) {
            for place in 0..<places {
                let pixel = number &* places &+ place, a = p.gates + pixel &* all
                S.Vector.forEachInOneLoop(of: p.n) { k, m in
                    image.forEachGate(a, place, k) { gate, n, value in value.store(y + 16 &* gate) }
                    p.step(function, pixel, k, m, a: y, stride: 16)
                }
            }
        }
        for number in 0..<step.images {
            for group in 0..<kernel.groups {
                let at = number * kernel.groups + group
                let (mean, r) = kernel.moments(p.gates + (number * places * all + group * kernel.channels), places)
                (moments.mean.pointer[at], moments.inverseDeviation.pointer[at]) = (mean, r)
            }
            image.take(moments, of: number)
            switch step.activation {
            case .logistic: run(Logistic.self, number)
            case .hardSigmoid: run(HardSigmoid.self, number)
            }
        }
    }
}

@inline(always)
private func normalizedStepBackward<S: Scalar>(
    _ kernel: GroupNormalization<S>, _ step: GateStepBackward<S>, _ moments: GroupMoments<S>, _ scratch: Tensor<S>,
    _ scaleGradient: Tensor<S>, _ shiftGradient: Tensor<S>
) {
    let p = GateGradientPointers(step), all = 4 * p.n
    let places = kernel.places(of: step.gates, moments)
    precondition(scratch.count == places * all, "\(scratch.shape) for \(places) pixels")
    withRows(2, of: all) { (totals: UnsafeMutablePointer<Double>) in
        withRows(5, of: all) { (rows: UnsafeMutablePointer<S>) in
            let image = NormalizedImage(kernel: kernel, hidden: p.n, rows: rows)
            for number in 0..<step.images {
                image.take(moments, of: number)
                totals.update(repeating: 0, count: 2 * rowLength(all))
                let pass = NormalizedImageBackward(
                    image: image, p: p, firstPixel: number * places, places: places, dy: scratch.pointer,
                    dscale: scaleGradient.pointer, dshift: shiftGradient.pointer, totals: totals,
                    brackets: rows + 2 * rowLength(all))
                switch step.activation {
                case .logistic: pass.stepBackward(Logistic.self)
                case .hardSigmoid: pass.stepBackward(HardSigmoid.self)
                }
                pass.bracket(moments.inverseDeviation.pointer + number * kernel.groups)
                pass.subtract()
            }
        }
    }
}

/// One image of the batch, with its moments.
private struct NormalizedImage<S: Scalar> {
    let kernel: GroupNormalization<S>

    /// The number of hidden channels.
    let hidden: Int

    /// m and r of each channel.
    private let mean, r: UnsafeMutablePointer<S>

    init(kernel: GroupNormalization<S>, hidden: Int, rows: UnsafeMutablePointer<S>) {
        (self.kernel, self.hidden, mean, r) = (kernel, hidden, rows, rows + rowLength(4 * hidden))
    }

    func take(_ moments: GroupMoments<S>, of number: Int) {
        for group in 0..<kernel.groups {
            let at = number * kernel.groups + group
            for c in group * kernel.channels..<(group + 1) * kernel.channels {
                (mean[c], r[c]) = (moments.mean.pointer[at], moments.inverseDeviation.pointer[at])
            }
        }
    }

    /// Returns n of a vector of preactivations, whose first channel is c.
    @inline(always)
    func normalized(_ a: S.Vector, _ c: Int) -> S.Vector { (a - .load(mean + c)) * .load(r + c) }

    /// Calls the body for each gate of a vector of hidden channels at a pixel, with n and y.
    ///
    /// - Parameters:
    ///   - a: the preactivations of the pixel.
    ///   - k: the first hidden channel.
    @inline(always)
    func forEachGate(
        _ a: UnsafePointer<S>, _ place: Int, _ k: Int, _ body: (_ gate: Int, _ n: S.Vector, _ y: S.Vector) -> Void
    ) {
        let weight = kernel.isPerPlace ? 4 &* hidden &* place : 0
        let scale = kernel.scale.pointer + weight, shift = kernel.shift.pointer + weight
        // Four stretches of a row in turn are no pattern that a processor foresees.
        let ahead = 4 &* 4 &* hidden
        for gate in 0..<4 {
            let c = gate &* hidden &+ k, n = normalized(.load(a + c), c)
            ckernels_prefetch(a + (c &+ ahead))
            body(gate, n, S.Vector.load(shift + c).addingProduct(S.Vector.load(scale + c), n))
        }
    }
}

/// The backward pass of one image of the batch.
private struct NormalizedImageBackward<S: Scalar> {
    let image: NormalizedImage<S>
    let p: GateGradientPointers<S>
    let firstPixel, places: Int

    /// The gradient of the gates' preactivations, (places, 4 hidden).
    let dy: UnsafeMutablePointer<S>

    let dscale, dshift: UnsafeMutablePointer<S>

    /// Two rows of sums per channel: of dy, then of dy n. Where each pixel has a scale of its own they sum dn and dn n.
    let totals: UnsafeMutablePointer<Double>

    /// The three parenthesized terms of each channel, one row per term; where each pixel has a scale of its own, the first
    /// term is r alone.
    let brackets: UnsafeMutablePointer<S>

    private var kernel: GroupNormalization<S> { image.kernel }
    private var all: Int { 4 &* p.n }

    /// The number of pixels that are summed in the tensors' own precision before the sum goes to a double.
    private static var placesAtOnce: Int { 64 }

    /// Computes dy and the totals.
    @inline(always)
    func stepBackward<F: GateFunction>(_ function: F.Type) {
        let row = rowLength(all)
        withRows(2, of: all) { (sums: UnsafeMutablePointer<S>) in
            withRows(1, of: 128) { (memory: UnsafeMutablePointer<S>) in
                // Of sixteen channels and four gates each: the gates, later dy, and n.
                let gates = memory, n = memory + 64
                for first in stride(from: 0, to: places, by: Self.placesAtOnce) {
                    sums.update(repeating: 0, count: 2 &* row)
                    for place in first..<min(first &+ Self.placesAtOnce, places) {
                        let pixel = firstPixel &+ place
                        S.Vector.forEachInOneLoop(of: p.n) { k, m in
                            image.forEachGate(p.gates + pixel &* all, place, k) { gate, normalized, value in
                                normalized.store(n + 16 &* gate)
                                value.store(gates + 16 &* gate)
                            }
                            p.gates(function, pixel, k, a: gates, stride: 16)
                            p.step(function, pixel, k, m, gates: gates, da: gates, stride: 16)
                            for gate in 0..<4 {
                                let at = 16 &* gate, c = gate &* p.n &+ k
                                add(.load(gates + at), .load(n + at), place, c, m, to: sums)
                            }
                        }
                    }
                    add(sums, to: totals, all)
                    add(sums + row, to: totals + row, all)
                }
            }
        }
    }

    /// Keeps a vector of dy, whose first channel is c, and adds its terms.
    @inline(always)
    private func add(
        _ slope: S.Vector, _ n: S.Vector, _ place: Int, _ c: Int, _ m: Int, to sums: UnsafeMutablePointer<S>
    ) {
        let at = place &* all &+ c, sum = sums + c, product = sums + (rowLength(all) &+ c)
        slope.store(dy + at, over: m)
        let dn = kernel.isPerPlace ? scaled(slope, n, at: at, m) : slope
        (S.Vector.load(sum) + dn).store(sum, over: m)
        S.Vector.load(product).addingProduct(dn, n).store(product, over: m)
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

    /// Computes the brackets, and accumulates the gradients of scales and shifts that all pixels share.
    func bracket(_ inverseDeviations: UnsafeMutablePointer<S>) {
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
                brackets[c] = kernel.isPerPlace ? r : r * kernel.scale.pointer[c]
                brackets[row + c] = S(Double(r) * sum / elements)
                brackets[2 * row + c] = S(Double(r) * products / elements)
                guard !kernel.isPerPlace else { continue }
                dshift[c] += S(totals[c])
                dscale[c] += S(totals[row + c])
            }
        }
    }

    /// Overwrites the preactivations with da.
    @inline(always)
    func subtract() {
        let row = rowLength(all)
        for place in 0..<places {
            let a = p.gates + (firstPixel &+ place) &* all, dy = dy + place &* all
            S.Vector.forEach(of: all) { c, m in
                var slope = S.Vector.load(dy + c)
                if kernel.isPerPlace { slope *= S.Vector.load(kernel.scale.pointer + (place &* all &+ c)) }
                let rest = S.Vector.load(brackets + (row &+ c)).addingProduct(
                    .load(brackets + (2 &* row &+ c)), image.normalized(.load(a + c), c))
                (slope * S.Vector.load(brackets + c) - rest).store(a + c, over: m)
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
