// The gates fused with the Winograd output transform, and their gradient fused with its adjoint: the preactivations and
// their gradient are never written to memory as feature maps.
//
// The columns of a gate convolution's products come in blocks of sixteen hidden channels. Within a block the columns of
// the gates i, f, g and o lie side by side (a last block may be narrower), so that one block is all that the states of
// its channels depend on. The gates are kept for backward in the same order, since a block's then fill whole cache
// lines, which are written past the caches.

import CProcessor

/// The hidden channels in the order of the products' columns.
package struct GateColumns: Sendable {
    package let hidden: Int

    package init(hidden: Int) { self.hidden = hidden }

    package var blocks: Int { Kernels.blocks(of: hidden) }

    /// Returns the number of columns that each gate has in a block.
    package func width(_ block: Int) -> Int { min(16, hidden - 16 * block) }

    /// Returns the first column of a gate in a block; gates count from 0 in the order i, f, g, o.
    package func first(block: Int, gate: Int) -> Int { 64 * block + gate * width(block) }

    /// Returns the blocks of sixteen columns that a block's gates occupy.
    func columns(_ block: Int) -> Range<Int> { 4 * block..<4 * block + Kernels.blocks(of: 4 * width(block)) }
}

extension TransformedMaps {
    /// Computes the gates and states of a block's channels.
    ///
    /// These maps must hold the products of that block alone, for the images of the step. `step.gates` receives the
    /// gates in the order of `GateColumns`, if they are kept.
    package func step(_ step: GateStep<S>, block: Int) {
        forPrecision(
            of: S.self, float: { stepTiles(retyped(self) as TransformedMaps<Float>, retyped(step), block) },
            double: { stepTiles(retyped(self) as TransformedMaps<Double>, retyped(step), block) })
    }

    /// Writes the preactivations of a block's channels, for gates that transform them first, such as normalized ones.
    ///
    /// - Parameter a: (images, height, width, 4 hidden), in the order i, f, g, o.
    package func preactivations(into a: Tensor<S>, block: Int) {
        forPrecision(
            of: S.self, float: { copyTiles(retyped(self) as TransformedMaps<Float>, retyped(a), block) },
            double: { copyTiles(retyped(self) as TransformedMaps<Double>, retyped(a), block) })
    }
}

/// The backward pass of the gates of one step: da from the gradients of the states.
package protocol StepBackward<S> {
    associatedtype S: Scalar

    /// Overwrites what is kept of the step, its gates or preactivations in rows of all channels, with da.
    func backward()

    /// Computes dM = A da A' and leaves what is kept as it is.
    ///
    /// - Parameters:
    ///   - first: the index in `dm` of the step's first image.
    ///   - biasGradient: (4 hidden); the sum of da over all pixels is added to it.
    func backward(into dm: TransformedMaps<S>, at first: Int, biasGradient: Tensor<S>)
}

extension GateStepBackward: StepBackward {
    /// The gates must be in the order of `GateColumns`.
    package func backward(into dm: TransformedMaps<S>, at first: Int, biasGradient db: Tensor<S>) {
        forPrecision(
            of: S.self,
            float: { stepTilesBackward(retyped(dm) as TransformedMaps<Float>, retyped(self), first, retyped(db)) },
            double: { stepTilesBackward(retyped(dm) as TransformedMaps<Double>, retyped(self), first, retyped(db)) })
    }
}

extension NormalizedStepBackward: StepBackward {
    package func backward(into dm: TransformedMaps<S>, at first: Int, biasGradient db: Tensor<S>) {
        forPrecision(
            of: S.self,
            float: {
                normalizedTilesBackward(retyped(dm) as TransformedMaps<Float>, retyped(self), first, retyped(db))
            },
            double: {
                normalizedTilesBackward(retyped(dm) as TransformedMaps<Double>, retyped(self), first, retyped(db))
            })
    }
}

@inline(always)
private func stepTiles<S: Scalar>(_ maps: TransformedMaps<S>, _ step: GateStep<S>, _ block: Int) {
    let columns = GateColumns(hidden: step.bias.count / 4), blocks = 0..<columns.columns(block).count
    @inline(always) func run<F: GateFunction>(_: F.Type) {
        let sink = GateStepSink<S, F>(
            step: GatePointers(step), channel: 16 * block, width: columns.width(block), ahead: maps.geometry.side,
            isKept: step.keepsGates)
        outputTiles(maps, images: step.images, at: 0, blocks: blocks, sink)
    }
    switch step.activation {
    case .logistic: run(Logistic.self)
    case .hardSigmoid: run(HardSigmoid.self)
    }
}

@inline(always)
private func stepTilesBackward<S: Scalar>(
    _ maps: TransformedMaps<S>, _ step: GateStepBackward<S>, _ first: Int, _ biasGradient: Tensor<S>
) {
    let pointers = GateGradientPointers(step), columns = GateColumns(hidden: pointers.n)
    @inline(always) func run<F: GateFunction>(_: F.Type, _ block: Int, _ sums: UnsafeMutablePointer<S>) {
        let blocks = columns.columns(block),
            source = GateStepSource<S, F>(
                step: pointers, channel: 16 * block, width: columns.width(block), ahead: maps.geometry.side, sums: sums)
        outputTilesBackward(maps, images: step.images, at: first, blocks: blocks, source)
    }
    forEachBlock(of: columns, summingInto: biasGradient) { block, sums in
        switch step.activation {
        case .logistic: run(Logistic.self, block, sums)
        case .hardSigmoid: run(HardSigmoid.self, block, sums)
        }
    }
}

@inline(always)
private func normalizedTilesBackward<S: Scalar>(
    _ maps: TransformedMaps<S>, _ step: NormalizedStepBackward<S>, _ first: Int, _ biasGradient: Tensor<S>
) {
    let columns = GateColumns(hidden: biasGradient.count / 4)
    step.forEachImage { number, image in
        forEachBlock(of: columns, summingInto: biasGradient) { block, sums in
            let source = NormalizedGateSource(
                image: image, hidden: columns.hidden, channel: 16 * block, width: columns.width(block),
                ahead: maps.geometry.side, sums: sums)
            outputTilesBackward(maps, images: 1, at: first + number, blocks: columns.columns(block), source)
        }
    }
}

/// Calls the body for each block with sixteen sums per gate, initially zero, and adds these to the gradient of the bias.
@inline(always)
private func forEachBlock<S: Scalar>(
    of columns: GateColumns, summingInto biasGradient: Tensor<S>,
    _ body: (_ block: Int, _ sums: UnsafeMutablePointer<S>) -> Void
) {
    withUnsafeTemporaryAllocation(of: S.self, capacity: 64) { memory in
        let sums = memory.baseAddress!
        for block in 0..<columns.blocks {
            sums.update(repeating: 0, count: 64)
            body(block, sums)
            for gate in 0..<4 {
                let place = biasGradient.pointer + (gate * columns.hidden + 16 * block), sums = sums + 16 * gate
                S.Vector.forEach(of: columns.width(block)) { k, m in
                    (S.Vector.load(place + k) + .load(sums + k)).store(place + k, over: m)
                }
            }
        }
    }
}

@inline(always)
private func copyTiles<S: Scalar>(_ maps: TransformedMaps<S>, _ a: Tensor<S>, _ block: Int) {
    let columns = GateColumns(hidden: a.shape[3] / 4), blocks = 0..<columns.columns(block).count
    let rows = GateRows(a, columns, block, ahead: maps.geometry.side)
    outputTiles(maps, images: a.shape[0], at: 0, blocks: blocks, rows)
}

/// Computes gates and states from a block's preactivations.
struct GateStepSink<S: Scalar, F: GateFunction>: PlaceSink {
    let step: GatePointers<S>
    let channel, width: Int

    /// The distance in pixels to the same position of the next tile, which is prefetched.
    let ahead: Int

    /// Whether the gates are written to memory.
    let isKept: Bool

    @inline(always)
    func take(_ z: UnsafeMutablePointer<S>, pixel: Int) {
        step.prefetch(pixel &+ ahead, channel)
        for part in BlockParts<S>() where part.channel < width {
            let k = part.channel
            step.step(F.self, pixel, channel &+ k, width &- k, a: z + k, stride: width)
        }
        guard isKept else { return }
        // Of a multiple of four channels, the gates of a block are whole cache lines.
        let gates = step.gates + 4 &* (step.n &* pixel &+ channel), isAligned = step.n & 3 == 0
        S.Vector.forEach(of: 4 &* width) { k, m in
            S.Vector.load(z + k).stream(gates + k, over: m, isAligned: isAligned)
        }
    }
}

/// Computes the gradient of a block's preactivations from that of its states, and sums it for the bias.
struct GateStepSource<S: Scalar, F: GateFunction>: PlaceSource {
    let step: GateGradientPointers<S>
    let channel, width: Int

    /// The distance in pixels to the same position of the next tile, which is prefetched.
    let ahead: Int

    /// The sums over all pixels: sixteen per gate.
    let sums: UnsafeMutablePointer<S>

    @inline(always)
    func give(_ dz: UnsafeMutablePointer<S>, pixel: Int) {
        step.prefetch(pixel &+ ahead, channel, lines: blocks(of: 4 &* width))
        let gates = step.gates + 4 &* (step.n &* pixel &+ channel)
        for part in BlockParts<S>() where part.channel < width {
            let k = part.channel
            step.step(F.self, pixel, channel &+ k, width &- k, gates: gates + k, da: dz + k, stride: width)
            for gate in 0..<4 {
                let sum = sums + (16 &* gate &+ k)
                (S.Vector.load(sum) + .load(dz + (gate &* width &+ k))).store(sum)
            }
        }
    }
}

/// Computes the gradient of a block's normalized preactivations, and sums it for the bias.
struct NormalizedGateSource<S: Scalar>: PlaceSource {
    let image: NormalizedImageBackward<S>
    let hidden, channel, width: Int

    /// The distance in pixels to the same position of the next tile, which is prefetched.
    let ahead: Int

    /// The sums over all pixels: sixteen per gate.
    let sums: UnsafeMutablePointer<S>

    @inline(always)
    func give(_ dz: UnsafeMutablePointer<S>, pixel: Int) {
        image.prefetch(pixel &+ ahead, channel)
        for gate in 0..<4 {
            for part in BlockParts<S>() where part.channel < width {
                let k = part.channel, sum = sums + (16 &* gate &+ k)
                let da = image.gradient(pixel, gate &* hidden &+ channel &+ k)
                da.store(dz + (gate &* width &+ k))
                (S.Vector.load(sum) + da).store(sum)
            }
        }
    }
}

/// Copies a block's preactivations to the rows of all preactivations.
struct GateRows<S: Scalar>: PlaceSink {
    private let start: UnsafeMutablePointer<S>
    private let hidden, width: Int

    /// The distance in pixels to the same position of the next tile, which is prefetched.
    private let ahead: Int

    init(_ a: Tensor<S>, _ columns: GateColumns, _ block: Int, ahead: Int) {
        (start, hidden, width) = (a.pointer + 16 * block, columns.hidden, columns.width(block))
        self.ahead = ahead
    }

    @inline(always)
    func take(_ z: UnsafeMutablePointer<S>, pixel: Int) {
        let row = start + 4 &* hidden &* pixel
        for gate in 0..<4 { ckernels_prefetch_to_write(row + hidden &* (4 &* ahead &+ gate)) }
        S.Vector.forEach(of: width) { k, m in
            for gate in 0..<4 {
                S.Vector.load(z + (gate &* width &+ k)).store(row + (gate &* hidden &+ k), over: m)
            }
        }
    }
}
