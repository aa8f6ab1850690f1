// The gate convolutions in the Winograd domain. The choice: weights are transformed and packed once per update. Feature
// maps are transformed each time a product reads them, because the transform of a few images stays in cache, while
// those of all steps would take most of the memory. x and h are two segments of one product. The kernel gradients
// accumulate over time in the Winograd domain and are transformed back once.
//
// Source: Lavin and Gray, "Fast algorithms for convolutional neural networks", CVPR 2016, here for a recurrent layer.

import Kernels

/// The weights of a layer in the Winograd domain, for the forward and the backward pass.
struct WinogradGateWeights<S: Scalar> {
    let geometry: WinogradGeometry

    /// nil if the layer does not use them.
    let input, hidden: TransformedKernel<S>?

    init(_ geometry: WinogradGeometry, inputChannels: Int, hidden n: Int, isRecurrent: Bool, for use: NetworkUse) {
        func kernel(_ channels: Int) -> TransformedKernel<S> {
            TransformedKernel(
                geometry, rows: channels, columns: 4 * n, use == .training ? [.forward, .backward] : .forward)
        }
        self.geometry = geometry
        input = inputChannels > 0 ? kernel(inputChannels) : nil
        hidden = isRecurrent ? kernel(n) : nil
        demand = TransformDemand(
            geometry: geometry, input: inputChannels, hidden: isRecurrent ? n : 0, outputs: 4 * n)
    }

    let demand: TransformDemand
}

final class WinogradGateConvolution<S: Scalar>: GateConvolution {
    private let operands: GateOperands<S>
    private let weights: WinogradGateWeights<S>
    private let context: UnrollingContext<S>
    private let gradients: Gradients?

    /// The kernel gradients in the Winograd domain, which accumulate over time, and transformed back.
    private struct Gradients {
        let input, hidden: TransformedGradient<S>?
        let kernels: GateKernels<S>

        init(_ weights: WinogradGateWeights<S>, of layer: ConvLSTMLayer<S>) {
            func gradient(_ kernel: TransformedKernel<S>?) -> TransformedGradient<S>? {
                kernel.map { TransformedGradient(weights.geometry, rows: $0.rows, columns: $0.columns) }
            }
            (input, hidden) = (gradient(weights.input), gradient(weights.hidden))
            kernels = layer.newKernels()
        }
    }

    init(_ operands: GateOperands<S>, _ weights: WinogradGateWeights<S>, context: UnrollingContext<S>) {
        (self.operands, self.weights, self.context) = (operands, weights, context)
        gradients = context.use == .training ? Gradients(weights, of: operands.layer) : nil
        reserveMemory()
    }

    /// Allocates the memory for all passes in advance.
    private func reserveMemory() {
        let isTraining = context.use == .training
        let longest = isTraining ? parts(of: 0..<operands.steps).map(\.count).max() ?? 0 : 0
        let images = max(imagesAtOnce, longest * imagesAtOnceBackward)
        for (content, channels) in weights.demand.contents where isTraining || !content.isGradient {
            // The gradient of the hidden state is passed on step by step.
            let count = content == .hiddenGradient ? imagesAtOnceBackward : images
            _ = context.points.maps(content, weights.geometry, images: count, channels: channels)
        }
    }

    private var columns: GateColumns { GateColumns(hidden: operands.layer.description.hidden) }

    var imagesAtOnce: Int { weights.demand.imagesAtOnce(batch: operands.batch) }

    var imagesAtOnceBackward: Int { weights.demand.imagesAtOnceBackward(batch: operands.batch) }

    func begin(_ steps: Range<Int>) {}

    /// Returns V of the maps of some steps, one step after the other.
    private func transformed(
        _ steps: [Tensor<S>], as content: MapContent
    ) -> TransformedMaps<S> {
        let images = steps[0].shape[0]
        let v = context.points.maps(
            content, weights.geometry, images: steps.count * images, channels: steps[0].shape[3])
        for (number, maps) in steps.enumerated() { v.transformInput(maps, at: number * images) }
        return v
    }

    /// Returns h_{t-1} of some images; nil if it is zero.
    private func hidden(before t: Int, images: Range<Int>) -> Tensor<S>? {
        operands.hidden?.before(t).map { $0.sequence.values[$0.step][images] }
    }

    func forward(_ t: Int, images: Range<Int>, step: GateStep<S>) {
        forEachBlock(t, images: images) { m, block in m.step(step, block: block) }
    }

    func preactivations(_ t: Int, images: Range<Int>) {
        let a = operands.gates.step(t, images: images)
        forEachBlock(t, images: images) { m, block in m.preactivations(into: a, block: block) }
    }

    /// Calls the body with M = V_x U_x + V_h U_h of each block.
    private func forEachBlock(
        _ t: Int, images: Range<Int>, _ body: (_ m: TransformedMaps<S>, _ block: Int) -> Void
    ) {
        let x = operands.input.flatMap { x in
            weights.input.map { PointFactor(transformed([x.values[t][images]], as: .input), $0.forward) }
        }
        let h = hidden(before: t, images: images).flatMap { h in
            weights.hidden.map { PointFactor(transformed([h], as: .hidden), $0.forward) }
        }
        for block in 0..<columns.blocks {
            let m = context.points.maps(
                .product, weights.geometry, images: images.count, channels: 4 * columns.width(block))
            if let first = x ?? h {
                multiplyForward(
                    first, x == nil ? nil : h, from: columns.first(block: block, gate: 0), into: m, images: images.count
                )
            } else {
                m.clear()
            }
            body(m, block)
        }
    }

    // Backward: dM = A da A' serves dV_h = dM U_h', dV_x = dM U_x' and dU += V' dM, all at once if a part is one step. A
    // part has more than one step only if all images are in one group, so that the images of a part are contiguous in
    // every sequence.

    /// Splits the steps into parts long enough for efficient products of the weight gradients.
    func parts(of steps: Range<Int>) -> [Range<Int>] {
        let length = weights.demand.stepsAtOnce(batch: operands.batch)
        return stride(from: steps.upperBound, to: steps.lowerBound, by: -length).map {
            max(steps.lowerBound, $0 - length)..<$0
        }
    }

    /// Returns the maps of dM for a part.
    private func products(_ part: Range<Int>) -> TransformedMaps<S> {
        context.points.maps(
            .product, weights.geometry, images: part.count * imagesAtOnceBackward, channels: 4 * columns.hidden)
    }

    func backward(
        _ t: Int, images: Range<Int>, in part: Range<Int>, step: GateStepBackward<S>, biasGradient: Tensor<S>
    ) {
        products(part).stepBackward(step, at: (t - part.lowerBound) * imagesAtOnceBackward, biasGradient: biasGradient)
        passHiddenGradient(t, images: images, in: part)
    }

    func preactivationsBackward(_ t: Int, images: Range<Int>, in part: Range<Int>) {
        products(part).preactivationsBackward(
            operands.gates.step(t, images: images), at: (t - part.lowerBound) * imagesAtOnceBackward)
        passHiddenGradient(t, images: images, in: part)
    }

    /// Adds to the gradient of h_{t-1}, which the step before wants; of a part of one step `finish` does it.
    private func passHiddenGradient(_ t: Int, images: Range<Int>, in part: Range<Int>) {
        if part.count > 1 { multiply([hiddenGradient(t, images: images, in: part)], []) }
    }

    func finish(_ part: Range<Int>, images: Range<Int>) {
        let hidden = part.count == 1 ? hiddenGradient(part.lowerBound, images: images, in: part) : nil
        multiply([inputGradient(part, images: images), hidden], weightProducts(part, images: images))
    }

    /// The gradient of some maps, dx += B dV B' with dV = dM U'.
    private struct MapGradient {
        let product: InputProduct<S>
        let dv: TransformedMaps<S>
        let dx: Tensor<S>

        init(_ dm: PointFactor<S>, into dv: TransformedMaps<S>, _ dx: Tensor<S>) {
            product = InputProduct(dm, images: dx.shape[0], into: dv)
            (self.dv, self.dx) = (dv, dx)
        }
    }

    private func multiply(_ gradients: [MapGradient?], _ weightProducts: [WeightProduct<S>]) {
        let gradients = gradients.compactMap(\.self)
        multiplyBackward(weights.geometry, gradients.map(\.product), weightProducts)
        for it in gradients { it.dv.transformInputBackward(accumulatingInto: it.dx) }
    }

    /// Returns the gradient of h_{t-1}; nil if nobody needs it.
    private func hiddenGradient(_ t: Int, images: Range<Int>, in part: Range<Int>) -> MapGradient? {
        guard let h = operands.hidden?.before(t), let dh = h.sequence.gradient?[h.step],
            let u = weights.hidden?.backward
        else { return nil }
        let dm = PointFactor(products(part), first: (t - part.lowerBound) * imagesAtOnceBackward, u)
        let dv = context.points.maps(
            .hiddenGradient, weights.geometry, images: images.count, channels: u.columns)
        return MapGradient(dm, into: dv, dh[images])
    }

    /// Returns the gradient of x; nil if nobody needs it.
    private func inputGradient(_ part: Range<Int>, images: Range<Int>) -> MapGradient? {
        guard let dx = operands.input?.gradient.map({ $0.images(part) }), let u = weights.input?.backward
        else { return nil }
        let count = part.count * images.count, first = part.count == 1 ? images.lowerBound : 0
        let dv = context.points.maps(.inputGradient, weights.geometry, images: count, channels: u.columns)
        return MapGradient(PointFactor(products(part), u), into: dv, dx[first..<first + count])
    }

    /// Returns the products dU_x += V_x' dM and dU_h += V_h' dM.
    private func weightProducts(_ part: Range<Int>, images: Range<Int>) -> [WeightProduct<S>] {
        let dm = products(part)
        func product(
            _ maps: [Tensor<S>], as content: MapContent, _ gradient: TransformedGradient<S>?
        ) -> WeightProduct<S>? {
            guard let gradient, !maps.isEmpty else { return nil }
            let v = transformed(maps, as: content), missing = part.count * images.count - v.images
            return WeightProduct(v, dm, firstOutput: missing, images: v.images, accumulatingInto: gradient)
        }
        let x = operands.input.map { input in part.map { input.values[$0][images] } } ?? []
        return [
            product(x, as: .input, gradients.ofTraining.input),
            product(part.compactMap { hidden(before: $0, images: images) }, as: .hidden, gradients.ofTraining.hidden),
        ].compactMap { $0 }
    }

    func clearGradients() {
        gradients.ofTraining.input?.clear()
        gradients.ofTraining.hidden?.clear()
    }

    func addKernelGradients(to gradient: ParameterVector<S>) {
        let layer = operands.layer, gradients = gradients.ofTraining
        for (transformed, kernel, blocks) in [
            (gradients.input, gradients.kernels.input, layer.inputBlocks),
            (gradients.hidden, gradients.kernels.hidden, layer.hiddenBlocks),
        ] {
            guard let transformed, let blocks else { continue }
            kernel.fill(0)
            transformed.transformBack(accumulatingInto: kernel)
            blocks.scatter(kernel, accumulatingInto: gradient)
        }
    }
}
