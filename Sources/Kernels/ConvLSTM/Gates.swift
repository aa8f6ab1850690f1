// The elementwise part of a ConvLSTM time step, forward and backward. With a the preactivations (convolutions and bias
// summed), w the optional peephole weights and s the gate function (GateActivations.swift), per pixel and hidden
// channel:
//
//     i = s(a_i + w_i c')    f = s(a_f + w_f c')    g = tanh a_g
//     c = f c' + i g
//     o = s(a_o + w_o c)     h = o tanh c                            c' the cell state of the previous time step
//
// Source: Shi et al., "Convolutional LSTM network", NIPS 2015, equation 3. Each pixel's row holds the gates in the
// order i, f, g, o, of all channels or, in the Winograd domain, of sixteen at a time (GateTiles.swift). Channels are
// processed in whole vectors; of a last, partial vector only its own channels are stored.

import CProcessor

/// The peephole weights of the gates i, f and o. Each tensor is (height, width, hidden), one weight per pixel and
/// channel, or (hidden), one weight per channel that all pixels share.
package struct Peepholes<S: Scalar>: Sendable {
    let i, f, o: Tensor<S>

    package init(i: Tensor<S>, f: Tensor<S>, o: Tensor<S>) {
        (self.i, self.f, self.o) = (i, f, o)
    }

    /// Pointers to the first weight of each gate.
    typealias Pointers = (i: UnsafeMutablePointer<S>, f: UnsafeMutablePointer<S>, o: UnsafeMutablePointer<S>)

    fileprivate var pointers: Pointers { (i.pointer, f.pointer, o.pointer) }

    /// Returns the number of pixels that have weights of their own. `pixels`, the count over a batch, must be a
    /// multiple of it.
    fileprivate func positions(hidden: Int, pixels: Int) -> Int {
        let positions = i.count / hidden
        precondition(f.count == i.count && o.count == i.count && positions * hidden == i.count)
        precondition(pixels % positions == 0, "peepholes of \(positions) places over \(pixels) pixels")
        return positions
    }
}

/// The tensors that one time step of a few images reads and writes.
package struct GateStep<S: Scalar> {
    /// The preactivations, then the gates: (pixels, 4 hidden).
    package let gates: Tensor<S>

    /// Whether a backward pass will read the gates.
    let keepsGates: Bool

    /// The bias that is added to the preactivations first: (4 hidden).
    let bias: Tensor<S>

    let activation: GateActivation
    let peepholes: Peepholes<S>?

    /// The cell state c' of the previous time step, the new cell state c and the hidden state h: (pixels, hidden).
    let previousCell, cell, hidden: Tensor<S>

    /// - Parameter keepsGates: false where a Winograd transform need not write them.
    package init(
        gates: Tensor<S>, keepsGates: Bool = true, bias: Tensor<S>, activation: GateActivation,
        peepholes: Peepholes<S>?, previousCell: Tensor<S>, cell: Tensor<S>, hidden: Tensor<S>
    ) {
        precondition(gates.count == 4 * cell.count && previousCell.count == cell.count && hidden.count == cell.count)
        (self.gates, self.keepsGates, self.bias, self.activation) = (gates, keepsGates, bias, activation)
        self.peepholes = peepholes
        (self.previousCell, self.cell, self.hidden) = (previousCell, cell, hidden)
    }

    var images: Int { cell.shape[0] }

    /// Replaces the preactivations in `gates` by the gates, and writes c and h.
    package func forward() {
        forPrecision(
            of: S.self, float: { stepGates(retyped(self) as GateStep<Float>) },
            double: { stepGates(retyped(self) as GateStep<Double>) })
    }
}

private func stepGates<S: Scalar>(_ step: GateStep<S>) {
    let p = GatePointers(step)
    @inline(always) func run<F: GateFunction>(_ function: F.Type) {
        forEachPixel(of: p.pixels, places: p.places) { pixel in
            let place = p.place(of: pixel), a = p.gates + 4 * p.n * pixel
            S.Vector.forEachInOneLoop(of: p.n) { k, m in
                p.step(function, pixel, place, k, m, a: a + k, stride: p.n)
            }
        }
    }
    switch step.activation {
    case .logistic: run(Logistic.self)
    case .hardSigmoid: run(HardSigmoid.self)
    }
}

/// Calls the body for each pixel. It visits the same sixteen positions of every image before the next sixteen, so that
/// peephole weights and their gradients stay in the L1 cache. At each position the images keep their order.
@inline(always)
private func forEachPixel(of pixels: Int, places: Int, _ body: (_ pixel: Int) -> Void) {
    let placesAtOnce = 16
    for first in stride(from: 0, to: places, by: placesAtOnce) {
        let last = min(first + placesAtOnce, places)
        for image in stride(from: 0, to: pixels, by: places) {
            for pixel in image + first..<image + last { body(pixel) }
        }
    }
}

/// The pointers of a `GateStep`, for kernels that process it pixel by pixel.
struct GatePointers<S: Scalar> {
    /// The number of hidden channels.
    let n: Int

    let pixels: Int

    /// The preactivations, then the gates: (pixels, 4 n).
    let gates: UnsafeMutablePointer<S>

    /// The states c', c and h: (pixels, n).
    private let previousCell, cell, hidden: UnsafeMutablePointer<S>

    private let bias: UnsafeMutablePointer<S>
    private let weights: Peepholes<S>.Pointers?

    /// The number of pixels that have weights of their own.
    let places: Int

    init(_ step: GateStep<S>) {
        n = step.bias.count / 4
        pixels = step.cell.count / n
        (gates, bias) = (step.gates.pointer, step.bias.pointer)
        (previousCell, cell, hidden) = (step.previousCell.pointer, step.cell.pointer, step.hidden.pointer)
        weights = step.peepholes?.pointers
        places = step.peepholes?.positions(hidden: n, pixels: pixels) ?? pixels
    }

    /// Prefetches the states of sixteen channels of a pixel, which may lie out of bounds. Kernels that take one block of
    /// channels per pixel jump through memory in a way that no hardware prefetcher predicts.
    @inline(always)
    func prefetch(_ pixel: Int, _ k: Int) {
        let at = n &* pixel &+ k
        ckernels_prefetch(previousCell + at)
        ckernels_prefetch_to_write(cell + at)
        ckernels_prefetch_to_write(hidden + at)
    }

    /// Returns the offset of a pixel's weights.
    @inline(always)
    func place(of pixel: Int) -> Int { weights == nil ? 0 : n &* (pixel % places) }

    @inline(always)
    func step<F: GateFunction>(
        _: F.Type, _ pixel: Int, _ k: Int, _ m: Int, a: UnsafeMutablePointer<S>, stride: Int
    ) {
        step(F.self, pixel, place(of: pixel), k, m, a: a, stride: stride)
    }

    /// Evaluates the forward equations in the file header for `m` channels of a pixel, starting at channel k.
    ///
    /// - Parameters:
    ///   - place: the offset of the pixel's weights.
    ///   - a: the preactivations of i, which the gate overwrites; those of f, g and o follow at multiples of `stride`.
    @inline(always)
    func step<F: GateFunction>(
        _: F.Type, _ pixel: Int, _ place: Int, _ k: Int, _ m: Int, a: UnsafeMutablePointer<S>, stride: Int
    ) {
        let at = n &* pixel &+ k, b = bias + k
        let before = S.Vector.load(previousCell + at)
        var ai = S.Vector.load(a) + S.Vector.load(b)
        var af = S.Vector.load(a + stride) + S.Vector.load(b + n)
        let ag = S.Vector.load(a + 2 &* stride) + S.Vector.load(b + 2 &* n)
        var ao = S.Vector.load(a + 3 &* stride) + S.Vector.load(b + 3 &* n)
        let place = place &+ k
        if let w = weights {
            ai.addProduct(S.Vector.load(w.i + place), before)
            af.addProduct(S.Vector.load(w.f + place), before)
        }
        let i = F.gate(ai), f = F.gate(af), g = S.Vector.hyperbolicTangent(ag)
        let after = (f * before).addingProduct(i, g)
        if let w = weights { ao.addProduct(S.Vector.load(w.o + place), after) }
        let o = F.gate(ao)
        i.store(a, over: m)
        f.store(a + stride, over: m)
        g.store(a + 2 &* stride, over: m)
        o.store(a + 3 &* stride, over: m)
        after.store(cell + at, over: m)
        (o * S.Vector.hyperbolicTangent(after)).store(hidden + at, over: m)
    }
}

/// The backward pass of one `GateStep`.
///
///     do = dh tanh c      da_o = do s'_o
///     dc += dh o (1 - tanh^2 c) + da_o w_o
///     da_i = dc g s'_i    da_f = dc c' s'_f    da_g = dc i (1 - g^2)
///     dc' = dc f + da_i w_i + da_f w_f
///     dw_i += da_i c'     dw_f += da_f c'      dw_o += da_o c
package struct GateStepBackward<S: Scalar> {
    /// The gates of the forward pass, where normalized the preactivations; on return the gradient da of the
    /// preactivations: (pixels, 4 hidden).
    package let gates: Tensor<S>

    let activation: GateActivation
    let peepholes: Peepholes<S>?

    /// Accumulated into. They are per pixel even where all pixels share the weights.
    let peepholeGradients: Peepholes<S>?

    /// The cell states c' and c: (pixels, hidden).
    let previousCell, cell: Tensor<S>

    /// The gradient dh of the hidden state: (pixels, hidden).
    let hiddenGradient: Tensor<S>

    /// On entry dc from the next time step, on return dc' for the previous one: (pixels, hidden).
    let cellGradient: Tensor<S>

    package init(
        gates: Tensor<S>, activation: GateActivation, peepholes: Peepholes<S>?, peepholeGradients: Peepholes<S>?,
        previousCell: Tensor<S>, cell: Tensor<S>, hiddenGradient: Tensor<S>, cellGradient: Tensor<S>
    ) {
        precondition(gates.count == 4 * cell.count && previousCell.count == cell.count)
        precondition(hiddenGradient.count == cell.count && cellGradient.count == cell.count)
        (self.gates, self.activation, self.peepholes) = (gates, activation, peepholes)
        (self.peepholeGradients, self.previousCell, self.cell) = (peepholeGradients, previousCell, cell)
        (self.hiddenGradient, self.cellGradient) = (hiddenGradient, cellGradient)
    }

    var images: Int { cell.shape[0] }

    /// Overwrites the gates with da, the gradient of the preactivations.
    package func backward() {
        forPrecision(
            of: S.self, float: { stepGatesBackward(retyped(self) as GateStepBackward<Float>) },
            double: { stepGatesBackward(retyped(self) as GateStepBackward<Double>) })
    }
}

private func stepGatesBackward<S: Scalar>(_ step: GateStepBackward<S>) {
    let p = GateGradientPointers(step)
    @inline(always) func run<F: GateFunction>(_ function: F.Type) {
        forEachPixel(of: p.pixels, places: p.places) { pixel in
            let place = p.place(of: pixel), da = p.gates + 4 * p.n * pixel
            S.Vector.forEachInOneLoop(of: p.n) { k, m in
                p.step(function, pixel, place, k, m, gates: da + k, da: da + k, stride: p.n)
            }
        }
    }
    switch step.activation {
    case .logistic: run(Logistic.self)
    case .hardSigmoid: run(HardSigmoid.self)
    }
}

/// The pointers of a `GateStepBackward`, for kernels that process it pixel by pixel.
struct GateGradientPointers<S: Scalar> {
    /// The number of hidden channels.
    let n: Int

    let pixels: Int

    /// The gates: (pixels, 4 n).
    let gates: UnsafeMutablePointer<S>

    /// The states c' and c, and the gradients dh and dc: (pixels, n).
    private let previousCell, cell, hiddenGradient, cellGradient: UnsafeMutablePointer<S>

    private let weights, weightGradients: Peepholes<S>.Pointers?

    /// The number of pixels that have weights of their own; `places` counts those that have gradients of their own.
    private let positions: Int
    let places: Int

    init(_ step: GateStepBackward<S>) {
        n = step.cell.shape[step.cell.shape.count - 1]
        pixels = step.cell.count / n
        gates = step.gates.pointer
        (previousCell, cell) = (step.previousCell.pointer, step.cell.pointer)
        (hiddenGradient, cellGradient) = (step.hiddenGradient.pointer, step.cellGradient.pointer)
        (weights, weightGradients) = (step.peepholes?.pointers, step.peepholeGradients?.pointers)
        positions = step.peepholes?.positions(hidden: n, pixels: pixels) ?? pixels
        places = step.peepholeGradients?.positions(hidden: n, pixels: pixels) ?? positions
    }

    /// Prefetches what the step reads for a block of channels of a pixel, which may lie out of bounds.
    ///
    /// - Parameters:
    ///   - k: the first channel of the block, whose gates follow one another.
    ///   - lines: the cache lines that the gates of the block fill.
    @inline(always)
    func prefetch(_ pixel: Int, _ k: Int, lines: Int) {
        let at = n &* pixel &+ k, gates = gates + 4 &* at
        for line in 0..<lines { ckernels_prefetch(gates + 16 &* line) }
        prefetchStates(pixel, k)
    }

    /// Prefetches the states and their gradients.
    @inline(always)
    func prefetchStates(_ pixel: Int, _ k: Int) {
        let at = n &* pixel &+ k
        ckernels_prefetch(previousCell + at)
        ckernels_prefetch(cell + at)
        ckernels_prefetch(hiddenGradient + at)
        ckernels_prefetch(cellGradient + at)
    }

    /// The offsets of a pixel's weights and of their gradients.
    typealias Place = (weights: Int, gradients: Int)

    @inline(always)
    func place(of pixel: Int) -> Place {
        weights == nil ? (0, 0) : (n &* (pixel % positions), n &* (pixel % places))
    }

    /// Replaces preactivations by the gates, as `GatePointers.step` does, for a vector of channels of a pixel whose cell
    /// states are known.
    ///
    /// - Parameters:
    ///   - k: the first channel.
    ///   - a: the preactivations of i, biases included; those of f, g and o follow at multiples of `stride`.
    @inline(always)
    func gates<F: GateFunction>(_: F.Type, _ pixel: Int, _ k: Int, a: UnsafeMutablePointer<S>, stride: Int) {
        let at = n &* pixel &+ k, position = place(of: pixel).weights &+ k
        var ai = S.Vector.load(a), af = S.Vector.load(a + stride), ao = S.Vector.load(a + 3 &* stride)
        if let w = weights {
            let before = S.Vector.load(previousCell + at)
            ai.addProduct(S.Vector.load(w.i + position), before)
            af.addProduct(S.Vector.load(w.f + position), before)
            ao.addProduct(S.Vector.load(w.o + position), S.Vector.load(cell + at))
        }
        F.gate(ai).store(a)
        F.gate(af).store(a + stride)
        S.Vector.hyperbolicTangent(.load(a + 2 &* stride)).store(a + 2 &* stride)
        F.gate(ao).store(a + 3 &* stride)
    }

    @inline(always)
    func step<F: GateFunction>(
        _: F.Type, _ pixel: Int, _ k: Int, _ m: Int, gates: UnsafePointer<S>, da: UnsafeMutablePointer<S>, stride: Int
    ) {
        step(F.self, pixel, place(of: pixel), k, m, gates: gates, da: da, stride: stride)
    }

    /// Evaluates the backward equations above for `m` channels of a pixel, starting at channel k.
    ///
    /// - Parameters:
    ///   - place: the offsets of the pixel's weights and of their gradients.
    ///   - gates: the gate i; f, g and o follow at multiples of `stride`.
    ///   - da: receives the gradient of their preactivations, at the same distances; may be the gates.
    @inline(always)
    func step<F: GateFunction>(
        _: F.Type, _ pixel: Int, _ place: Place, _ k: Int, _ m: Int, gates: UnsafePointer<S>,
        da: UnsafeMutablePointer<S>, stride: Int
    ) {
        let at = n &* pixel &+ k
        let i = S.Vector.load(gates), f = S.Vector.load(gates + stride)
        let g = S.Vector.load(gates + 2 &* stride), o = S.Vector.load(gates + 3 &* stride)
        let before = S.Vector.load(previousCell + at), after = S.Vector.load(cell + at)
        let t = S.Vector.hyperbolicTangent(after), dh = S.Vector.load(hiddenGradient + at)
        let dOutput = dh * t, dao = F.gradient(dOutput, o)
        var dc = S.Vector.load(cellGradient + at)
        // dh o (1 - t^2). In that literal form the compiler would scalarize it, lane by lane.
        dc.addProduct(dh.addingProduct(-dOutput, t), o)
        let position = place.weights &+ k
        if let w = weights { dc.addProduct(dao, S.Vector.load(w.o + position)) }
        let dai = F.gradient(dc * g, i), daf = F.gradient(dc * before, f), dag = dc * i * (1 - g * g)
        dc *= f
        if let w = weights, let dw = weightGradients {
            let p = place.gradients &+ k
            dc.addProduct(dai, S.Vector.load(w.i + position))
            dc.addProduct(daf, S.Vector.load(w.f + position))
            S.Vector.load(dw.i + p).addingProduct(dai, before).store(dw.i + p, over: m)
            S.Vector.load(dw.f + p).addingProduct(daf, before).store(dw.f + p, over: m)
            S.Vector.load(dw.o + p).addingProduct(dao, after).store(dw.o + p, over: m)
        }
        dai.store(da, over: m)
        daf.store(da + stride, over: m)
        dag.store(da + 2 &* stride, over: m)
        dao.store(da + 3 &* stride, over: m)
        dc.store(cellGradient + at, over: m)
    }
}
