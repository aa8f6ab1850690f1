// The gate convolutions in the Winograd domain. The choice: weights are transformed and packed once per update. Feature
// maps are transformed each time a product reads them, because the transform of a few images stays in cache, while
// those of all steps would take most of the memory. x and h are two segments of one product. The kernel gradients
// accumulate over time in the Winograd domain and are transformed back once.
//
// Source: Lavin and Gray, "Fast algorithms for convolutional neural networks", CVPR 2016, here for a recurrent layer.

import Kernels

/// The weights of a layer in the Winograd domain: U_x and U_h for the forward pass, and [U_h U_x]' for the backward pass,
/// where one product makes the gradients of both.
struct WinogradGateWeights<S: Scalar> {
    let geometry: WinogradGeometry

    /// U_x and U_h; nil if the layer does not use them.
    let input, hidden: TransformedWeights<S>?

    /// [U_h U_x]'; nil in a forecast, and if the layer reads neither.
    let ofGradients: TransformedWeights<S>?

    let demand: TransformDemand

    init(_ geometry: WinogradGeometry, inputChannels x: Int, hidden n: Int, isRecurrent: Bool, for use: NetworkUse) {
        let h = isRecurrent ? n : 0
        func weights(_ rows: Int, _ columns: Int) -> TransformedWeights<S>? {
            rows > 0 && columns > 0 ? TransformedWeights(geometry, rows: rows, columns: columns) : nil
        }
        self.geometry = geometry
        (input, hidden) = (weights(x, 4 * n), weights(h, 4 * n))
        ofGradients = use == .training ? weights(4 * n, h + x) : nil
        demand = TransformDemand(geometry: geometry, input: x, hidden: h, outputs: 4 * n)
    }

    func prepare(_ kernels: GateKernels<S>) {
        input?.transform(kernels.input)
        hidden?.transform(kernels.hidden)
        ofGradients?.transform(transposed: [kernels.hidden, kernels.input])
    }
}

final class WinogradGateConvolution<S: Scalar>: GateConvolution {
    private let operands: GateOperands<S>
    private let weights: WinogradGateWeights<S>
    private let context: UnrollingContext<S>
    private let gradients: Gradients?

    /// The kernel gradients in the Winograd domain, which accumulate over time.
    private struct Gradients {
        let input, hidden: TransformedGradient<S>?

        init(_ weights: WinogradGateWeights<S>) {
            func gradient(_ kernel: TransformedWeights<S>?) -> TransformedGradient<S>? {
                kernel.map { TransformedGradient(weights.geometry, rows: $0.rows, columns: $0.columns) }
            }
            (input, hidden) = (gradient(weights.input), gradient(weights.hidden))
        }
    }

    init(_ operands: GateOperands<S>, _ weights: WinogradGateWeights<S>, context: UnrollingContext<S>) {
        (self.operands, self.weights, self.context) = (operands, weights, context)
        gradients = context.use == .training ? Gradients(weights) : nil
        reserveMemory()
    }

    /// Allocates the memory for all passes in advance.
    private func reserveMemory() {
        let isTraining = context.use == .training, demand = weights.demand
        let longest = isTraining ? parts(of: 0..<operands.steps).map(\.count).max() ?? 0 : 0
        let images = max(imagesAtOnce, longest * imagesAtOnceBackward)
        for (content, channels) in [
            (MapContent.input, demand.input), (.hidden, demand.hidden), (.product, demand.outputs),
        ] {
            _ = context.points.maps(content, weights.geometry, images: images, channels: channels)
        }
        guard isTraining else { return }
        _ = (
            gradient(ofColumns: 0..<demand.hidden + demand.input, images: imagesAtOnceBackward),
            gradient(ofColumns: demand.inputColumns, images: images)
        )
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
            weights.input.map { PointFactor(transformed([x.values[t][images]], as: .input), $0) }
        }
        let h = hidden(before: t, images: images).flatMap { h in
            weights.hidden.map { PointFactor(transformed([h], as: .hidden), $0) }
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

    // Backward: dM = A da A' serves [dV_h dV_x] = dM [U_h U_x]' and dU += V' dM, all at once if a part is one step. Of more
    // steps, each passes on dV_h alone. There are more only if all images are in one group, so that the images of a part are
    // contiguous in every sequence.

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
        _ t: Int, images: Range<Int>, in part: Range<Int>, step: some StepBackward<S>, biasGradient: Tensor<S>
    ) {
        let first = (t - part.lowerBound) * imagesAtOnceBackward
        step.backward(into: products(part), at: first, biasGradient: biasGradient)
        passHiddenGradient(t, images: images, in: part)
    }

    /// Adds to the gradient of h_{t-1}, which the step before wants; of a part of one step `finish` does it.
    private func passHiddenGradient(_ t: Int, images: Range<Int>, in part: Range<Int>) {
        guard part.count > 1 else { return }
        let first = (t - part.lowerBound) * imagesAtOnceBackward
        multiply(part, from: first, dx: nil, dh: hiddenGradient(before: t, images: images), nil)
    }

    func finish(_ part: Range<Int>, images: Range<Int>) {
        let isOneStep = part.count == 1, first = isOneStep ? images.lowerBound : 0
        let dx = operands.input?.gradient?.images(part)[first..<first + part.count * images.count]
        let dh = isOneStep ? hiddenGradient(before: part.lowerBound, images: images) : nil
        multiply(part, from: 0, dx: dx, dh: dh, weightProducts(part, images: images))
    }

    /// Returns the gradient of h_{t-1} of some images; nil if nobody needs it.
    private func hiddenGradient(before t: Int, images: Range<Int>) -> Tensor<S>? {
        operands.hidden?.before(t).flatMap { $0.sequence.gradient?[$0.step][images] }
    }

    /// Computes dx += B dV_x B' and dh += B dV_h B' from the images of dM from one on, and the products dU += V' dM.
    private func multiply(
        _ part: Range<Int>, from first: Int, dx: Tensor<S>?, dh: Tensor<S>?, _ weightProducts: WeightProducts<S>?
    ) {
        guard let u = weights.ofGradients, let images = (dx ?? dh)?.shape[0] else {
            return multiplyBackward(nil, weightProducts)
        }
        let n = weights.demand.hidden, x = weights.demand.inputColumns
        let columns = (dh == nil ? x.lowerBound : 0)..<(dx == nil ? n : x.upperBound)
        let dv = gradient(ofColumns: columns, images: images), dm = PointFactor(products(part), first: first, u)
        multiplyBackward(InputProduct(dm, columns: columns, images: images, into: dv), weightProducts)
        if let dh { dv.transformInputBackward(accumulatingInto: dh) }
        if let dx { dv.transformInputBackward(accumulatingInto: dx, from: n - columns.lowerBound) }
    }

    /// Returns the maps of a range of the columns of [dV_h dV_x].
    private func gradient(ofColumns columns: Range<Int>, images: Int) -> TransformedMaps<S> {
        context.points.maps(.inputGradient, weights.geometry, images: images, channels: columns.count)
    }

    /// Returns the products dU_x += V_x' dM and dU_h += V_h' dM.
    private func weightProducts(_ part: Range<Int>, images: Range<Int>) -> WeightProducts<S> {
        func factor(
            _ maps: [Tensor<S>], as content: MapContent, _ gradient: TransformedGradient<S>?
        ) -> WeightProducts<S>.Factor? {
            guard let gradient, !maps.isEmpty else { return nil }
            return WeightProducts.Factor(transformed(maps, as: content), accumulatingInto: gradient)
        }
        let x = operands.input.map { input in part.map { input.values[$0][images] } } ?? []
        let h = part.compactMap { hidden(before: $0, images: images) }
        let factors = [
            factor(x, as: .input, gradients.ofTraining.input), factor(h, as: .hidden, gradients.ofTraining.hidden),
        ]
        return WeightProducts(factors.compactMap(\.self), products(part), images: part.count * images.count)
    }

    func clearGradients() {
        gradients.ofTraining.input?.clear()
        gradients.ofTraining.hidden?.clear()
    }

    func addKernelGradients(to gradient: ParameterVector<S>) {
        let layer = operands.layer, gradients = gradients.ofTraining
        if let blocks = layer.inputBlocks { gradients.input?.transformBack(blocks.targets(in: gradient)) }
        gradients.hidden?.transformBack(layer.hiddenBlocks.targets(in: gradient))
    }
}
