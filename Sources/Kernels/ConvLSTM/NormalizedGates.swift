// The gates of a time step whose preactivations are normalized first, forward and backward: GroupNormalization and
// GateStep fused. The choice: as little memory as possible, kept or passed over. What backward needs of a step are the
// preactivations and their moments; it normalizes them again and makes the gates of them, which takes no longer than to
// read them would. Forward takes one pass over an image for the moments and one for all the rest. Backward computes the
// sums over a group while it writes the gradient of the gates, and then da wherever it is read:
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
}

@inline(always)
private func normalizedStep<S: Scalar>(
    _ kernel: GroupNormalization<S>, _ step: GateStep<S>, _ moments: GroupMoments<S>
) {
    let p = GatePointers(step), all = 4 * p.n
    let places = kernel.places(of: step.gates, moments)
    withRows(3, of: all) { (rows: UnsafeMutablePointer<S>) in
        let y = rows + 2 * rowLength(all)
        let image = NormalizedImage(kernel, hidden: p.n, rows: rows)
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
            kernel.computeMoments(of: p.gates + number * places * all, places, number: number, into: moments)
            image.take(moments, of: number)
            switch step.activation {
            case .logistic: run(Logistic.self, number)
            case .hardSigmoid: run(HardSigmoid.self, number)
            }
        }
    }
}

/// The backward pass of one `GateStep` whose preactivations were normalized.
package struct NormalizedStepBackward<S: Scalar> {
    private let step: GateStepBackward<S>
    private let kernel: GroupNormalization<S>
    private let moments: GroupMoments<S>
    private let scratch, scaleGradient, shiftGradient: Tensor<S>

    /// - Parameters:
    ///   - step: its gates are the preactivations.
    ///   - moments: those of the forward pass.
    ///   - scratch: memory for one image, (height, width, 4 hidden).
    ///   - scaleGradient: accumulated into, like `shiftGradient`.
    package init(
        _ step: GateStepBackward<S>, _ kernel: GroupNormalization<S>, moments: GroupMoments<S>, scratch: Tensor<S>,
        scaleGradient: Tensor<S>, shiftGradient: Tensor<S>
    ) {
        (self.step, self.kernel, self.moments, self.scratch) = (step, kernel, moments, scratch)
        (self.scaleGradient, self.shiftGradient) = (scaleGradient, shiftGradient)
    }

    /// Overwrites the preactivations with da.
    package func backward() {
        forPrecision(
            of: S.self, float: { storeGradient(of: retyped(self) as NormalizedStepBackward<Float>) },
            double: { storeGradient(of: retyped(self) as NormalizedStepBackward<Double>) })
    }

    /// Computes all but da of one image after the other, and calls the body, which may read da until it returns.
    @inline(always)
    func forEachImage(_ body: (_ number: Int, _ image: NormalizedImageBackward<S>) -> Void) {
        let p = GateGradientPointers(step), all = 4 * p.n
        let places = kernel.places(of: step.gates, moments)
        precondition(scratch.count == places * all, "\(scratch.shape) for \(places) pixels")
        withRows(2, of: all) { (totals: UnsafeMutablePointer<Double>) in
            withRows(5, of: all) { (rows: UnsafeMutablePointer<S>) in
                let image = NormalizedImage(kernel, hidden: p.n, rows: rows)
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
                    body(number, pass)
                }
            }
        }
    }
}

@inline(always)
private func storeGradient<S: Scalar>(of step: NormalizedStepBackward<S>) {
    step.forEachImage { _, image in image.storeGradient() }
}

/// One image of the batch, with its moments: pointers alone, since a kernel's loop would count references otherwise.
private struct NormalizedImage<S: Scalar> {
    /// The number of hidden channels.
    let hidden: Int

    let scale, shift: UnsafeMutablePointer<S>

    /// Whether each pixel has a scale and a shift of its own.
    let isPerPlace: Bool

    /// m and r of each channel.
    private let mean, r: UnsafeMutablePointer<S>

    /// The number of groups, and of the channels of each.
    let groups, channels: Int

    init(_ kernel: GroupNormalization<S>, hidden: Int, rows: UnsafeMutablePointer<S>) {
        (self.hidden, scale, shift) = (hidden, kernel.scale.pointer, kernel.shift.pointer)
        (isPerPlace, groups, channels) = (kernel.isPerPlace, kernel.groups, kernel.channels)
        (mean, r) = (rows, rows + rowLength(4 * hidden))
    }

    func take(_ moments: GroupMoments<S>, of number: Int) {
        for group in 0..<groups {
            let at = number * groups + group
            for c in group * channels..<(group + 1) * channels {
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
        let weight = isPerPlace ? 4 &* hidden &* place : 0
        let scale = scale + weight, shift = shift + weight
        let ahead = pixelsAhead &* 4 &* hidden
        for gate in 0..<4 {
            let c = gate &* hidden &+ k, n = normalized(.load(a + c), c)
            ckernels_prefetch(a + (c &+ ahead))
            body(gate, n, S.Vector.load(shift + c).addingProduct(S.Vector.load(scale + c), n))
        }
    }
}

/// The backward pass of one image of the batch.
struct NormalizedImageBackward<S: Scalar> {
    fileprivate let image: NormalizedImage<S>
    fileprivate let p: GateGradientPointers<S>
    fileprivate let firstPixel, places: Int

    /// The gradient of the gates' preactivations, (places, 4 hidden).
    fileprivate let dy: UnsafeMutablePointer<S>

    fileprivate let dscale, dshift: UnsafeMutablePointer<S>

    /// Two rows of sums per channel: of dy, then of dy n. Where each pixel has a scale of its own they sum dn and dn n.
    fileprivate let totals: UnsafeMutablePointer<Double>

    /// The three parenthesized terms of each channel, one row per term; where each pixel has a scale of its own, the first
    /// term is r alone.
    fileprivate let brackets: UnsafeMutablePointer<S>

    private var all: Int { 4 &* p.n }

    /// The number of pixels that are summed in the tensors' own precision before the sum goes to a double.
    private static var placesAtOnce: Int { 64 }

    /// Computes dy and the totals.
    @inline(always)
    fileprivate func stepBackward<F: GateFunction>(_ function: F.Type) {
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
                            p.prefetchStates(pixel &+ pixelsAhead, k)
                            @inline(always) func keep(_ gate: Int) {
                                let slope = S.Vector.load(gates + 16 &* gate), n = S.Vector.load(n + 16 &* gate)
                                add(slope, n, place, gate &* p.n &+ k, m, to: sums)
                            }
                            keep(0)
                            keep(1)
                            keep(2)
                            keep(3)
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
        ckernels_prefetch_to_write(dy + (at &+ pixelsAhead &* all))
        let dn = image.isPerPlace ? scaled(slope, n, at: at, m) : slope
        (S.Vector.load(sum) + dn).store(sum, over: m)
        S.Vector.load(product).addingProduct(dn, n).store(product, over: m)
    }

    /// Adds dn and dn n to the gradients of a pixel's own shift and scale, and returns dn times the scale. Out of line,
    /// as only layer normalization has them.
    @inline(never)
    private func scaled(_ dn: S.Vector, _ n: S.Vector, at weight: Int, _ m: Int) -> S.Vector {
        S.Vector.load(dscale + weight).addingProduct(dn, n).store(dscale + weight, over: m)
        (S.Vector.load(dshift + weight) + dn).store(dshift + weight, over: m)
        return dn * S.Vector.load(image.scale + weight)
    }

    @inline(always)
    private func add(_ sum: UnsafeMutablePointer<S>, to total: UnsafeMutablePointer<Double>, _ m: Int) {
        DoubleVector.forEach(of: m) { lane, n in
            (DoubleVector.load(total + lane) + DoubleVector.load(widening: sum + lane)).store(total + lane, over: n)
        }
    }

    /// Computes the brackets, and accumulates the gradients of scales and shifts that all pixels share.
    fileprivate func bracket(_ inverseDeviations: UnsafeMutablePointer<S>) {
        let row = rowLength(all), elements = Double(places * image.channels)
        for group in 0..<image.groups {
            let channels = group * image.channels..<(group + 1) * image.channels, r = inverseDeviations[group]
            var sum = 0.0, products = 0.0
            for c in channels {
                let scale = image.isPerPlace ? 1 : Double(image.scale[c])
                sum += scale * totals[c]
                products += scale * totals[row + c]
            }
            for c in channels {
                brackets[c] = image.isPerPlace ? r : r * image.scale[c]
                brackets[row + c] = S(Double(r) * sum / elements)
                brackets[2 * row + c] = S(Double(r) * products / elements)
                guard !image.isPerPlace else { continue }
                dshift[c] += S(totals[c])
                dscale[c] += S(totals[row + c])
            }
        }
    }

    /// Returns a vector of da.
    ///
    /// - Parameters:
    ///   - place: the index of the pixel in the image.
    ///   - c: the first of its channels, of all four gates.
    @inline(always)
    func gradient(_ place: Int, _ c: Int) -> S.Vector {
        let row = rowLength(all), at = place &* all &+ c
        var slope = S.Vector.load(dy + at)
        if image.isPerPlace { slope *= S.Vector.load(image.scale + at) }
        let rest = S.Vector.load(brackets + (row &+ c)).addingProduct(
            .load(brackets + (2 &* row &+ c)), image.normalized(.load(preactivations + at), c))
        return slope * S.Vector.load(brackets + c) - rest
    }

    /// Prefetches what da is computed from, for the gates of sixteen hidden channels of a pixel, which may lie out of
    /// bounds.
    @inline(always)
    func prefetch(_ place: Int, _ k: Int) {
        for gate in 0..<4 {
            let at = place &* all &+ gate &* p.n &+ k
            ckernels_prefetch(dy + at)
            ckernels_prefetch(preactivations + at)
        }
    }

    private var preactivations: UnsafeMutablePointer<S> { p.gates + firstPixel &* all }

    /// Overwrites the preactivations with da.
    @inline(always)
    fileprivate func storeGradient() {
        for place in 0..<places {
            let a = preactivations + place &* all
            S.Vector.forEach(of: all) { c, m in gradient(place, c).store(a + c, over: m) }
        }
    }
}

/// The distance in pixels to what is prefetched: four stretches of a row in turn are no pattern that a processor foresees.
private let pixelsAhead = 4

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
