// A ConvLSTM layer unrolled over the time steps of a batch: the forward pass, and below it, mirrored, backpropagation
// through time.

import Platform
import Kernels

package final class UnrolledConvLSTM<S: Scalar>: UnrolledLayer {
    private let layer: ConvLSTMLayer<S>
    private let input: FeatureSequence<S>?
    private let output: FeatureSequence<S>
    private let start: UnrolledConvLSTM<S>?
    private let convolution: any GateConvolution<S>
    private let normalizer: UnrolledGateNormalizer<S>?

    /// The preactivations, then, if they are not normalized, the gates, then in some cases the gradient of the
    /// preactivations. A forecast has memory for one step of one group of images.
    private let gates: StepMemory<S>

    /// The step whose gates each index of `gates` holds.
    private var holders: [Int?]

    /// The cell states: (steps in memory, batch, height, width, hidden), all steps in training and two in a forecast.
    /// Step t has the index t modulo the steps in memory.
    private let cells: Tensor<S>

    /// Zeros as initial state: (batch, height, width, hidden).
    private let zeroState: Tensor<S>

    /// A forecast's copy of h_T for the layers that start from it, since the output's memory is another's by then; nil
    /// where no layer does.
    private var handedOver: FeatureSequence<S>?

    private let gradients: Gradients?

    /// What backward accumulates step by step.
    private struct Gradients {
        /// The gradient of the cell state: (batch, height, width, hidden).
        let cell: Tensor<S>

        /// The bias gradient db, the sum over t and pixels of da_t.
        let bias: Tensor<S>

        /// The peephole gradients of the gates i, f and o, each (height, width, hidden); empty without peepholes.
        let peepholes: [Tensor<S>]

        var peepholeMaps: Peepholes<S>? {
            peepholes.first.map { Peepholes(i: $0, f: peepholes[1], o: peepholes[2]) }
        }
    }

    init(
        _ layer: ConvLSTMLayer<S>, input: FeatureSequence<S>?, output: FeatureSequence<S>,
        start: UnrolledConvLSTM<S>?, context: UnrollingContext<S>
    ) {
        let (shape, steps, batch) = (output.shape, output.steps, output.batch)
        self.layer = layer
        self.input = input
        self.output = output
        self.start = start
        let isTraining = context.use == .training
        let held = isTraining ? layer.stepsInMemory(of: steps, batch: batch) : 1
        let images = isTraining ? batch : layer.transformDemand?.imagesAtOnce(batch: batch) ?? batch
        normalizer = layer.normalizer.map {
            UnrolledGateNormalizer($0, steps: held, images: images, for: context.use)
        }
        gates = StepMemory(steps: held, images: images, shape.with(channels: 4 * shape.channels))
        holders = Array(repeating: nil, count: held)
        let state = [batch, shape.height, shape.width, shape.channels]
        cells = Tensor(shape: [isTraining ? steps : min(steps, 2)] + state)
        zeroState = Tensor(shape: state)
        gradients =
            isTraining
            ? Gradients(
                cell: Tensor(shape: state), bias: Tensor(shape: layer.bias.shape),
                peepholes: layer.peepholeSlots.map { _ in Tensor(shape: Array(state.dropFirst())) }) : nil
        let operands = GateOperands(
            layer: layer, input: input,
            hidden: layer.description.isRecurrent ? HiddenStates(output: output, start: start?.lastHidden()) : nil,
            gates: gates, steps: steps, batch: batch)
        convolution =
            layer.winograd.map { WinogradGateConvolution(operands, $0, context: context) }
            ?? Im2colGateConvolution(operands, context: context)
    }

    // a_t = W_x * x_t + W_h * h_{t-1}, then the gates with bias and peepholes. If a_t is normalized, the bias is added
    // before the normalization.

    package func forward(_ steps: Range<Int>) {
        for part in steps.chunks(of: holders.count) {
            convolution.begin(part)
            for t in part {
                for images in groups(of: convolution.imagesAtOnce) { forward(t, images: images) }
                holders[place(t)] = t
            }
        }
        if let handedOver, steps.upperBound == output.steps {
            handedOver.values[0].copy(from: output.values[output.steps - 1])
        }
    }

    /// A sequence whose last step will be h_T.
    private func lastHidden() -> FeatureSequence<S> {
        guard gradients == nil else { return output }
        let copy = handedOver ?? FeatureSequence(output.shape, steps: 1, batch: output.batch, needsGradient: false)
        handedOver = copy
        return copy
    }

    /// Returns the index of a step's gates in memory.
    private func place(_ t: Int) -> Int { t % holders.count }

    private func forward(_ t: Int, images: Range<Int>) {
        let gates = gates.step(t, images: images),
            step = GateStep(
                gates: gates, keepsGates: gradients != nil, bias: normalizer == nil ? layer.bias : layer.zeroBias,
                activation: layer.description.gateActivation, peepholes: layer.peepholes,
                previousCell: cell(before: t)[images], cell: cells[cyclic: t][images], hidden: output.values[t][images])
        guard let kernel = layer.normalization, let normalizer else {
            return convolution.forward(t, images: images, step: step)
        }
        convolution.preactivations(t, images: images)
        if layer.biasBlocks != nil { addRow(layer.bias, toRowsOf: gates) }
        normalizer.forward(t, images: images, step: step, by: kernel)
    }

    /// The groups of images that pass through a step together.
    private func groups(of images: Int) -> [Range<Int>] { (0..<output.batch).chunks(of: images) }

    /// Returns c_{t-1}.
    private func cell(before t: Int) -> Tensor<S> {
        t > 0 ? cells[cyclic: t - 1] : start?.finalCell ?? zeroState
    }

    private var finalCell: Tensor<S> { cells[cyclic: output.steps - 1] }

    // Backward, mirrored: recompute gates that are no longer in memory, then the gates, the normalization, and dh_{t-1}
    // += W_h' da_t; at the end of each part of the steps dx_t += W_x' da_t.

    package func clearGradients() {
        let gradients = gradients.ofTraining
        for gradient in [gradients.cell, gradients.bias] + gradients.peepholes { gradient.fill(0) }
        convolution.clearGradients()
        normalizer?.clearGradients()
    }

    package func backward(_ steps: Range<Int>) {
        for part in convolution.parts(of: steps) {
            let isHeld = part.allSatisfy { holders[place($0)] == $0 }
            if !isHeld { convolution.begin(part) }
            for images in groups(of: convolution.imagesAtOnceBackward) {
                if !isHeld { recompute(part, images) }
                for t in part.reversed() { backward(t, images: images, in: part) }
                convolution.finish(part, images: images)
            }
            for t in part { holders[place(t)] = nil }
        }
        if steps.lowerBound == 0, let start {
            add(gradients.ofTraining.cell, accumulatingInto: start.gradients.ofTraining.cell)
        }
    }

    /// Computes the gates of a part of the steps again.
    private func recompute(_ part: Range<Int>, _ images: Range<Int>) {
        for t in part {
            for group in images.chunks(of: convolution.imagesAtOnce) { forward(t, images: group) }
        }
    }

    private func backward(_ t: Int, images: Range<Int>, in part: Range<Int>) {
        let gates = gates.step(t, images: images), gradients = gradients.ofTraining,
            step = GateStepBackward(
                gates: gates, activation: layer.description.gateActivation, peepholes: layer.peepholes,
                peepholeGradients: gradients.peepholeMaps, previousCell: cell(before: t)[images],
                cell: cells[cyclic: t][images], hiddenGradient: output.requiredGradient[t][images],
                cellGradient: gradients.cell[images])
        guard let kernel = layer.normalization, let normalizer else {
            return convolution.backward(t, images: images, in: part, step: step, biasGradient: gradients.bias)
        }
        let normalized = normalizer.backward(t, images: images, step: step, by: kernel)
        convolution.backward(t, images: images, in: part, step: normalized, biasGradient: gradients.bias)
    }

    package func addParameterGradients(to gradient: ParameterVector<S>) {
        convolution.addKernelGradients(to: gradient)
        layer.biasBlocks?.scatter(gradients.ofTraining.bias, accumulatingInto: gradient)
        normalizer?.addParameterGradients(to: gradient)
        // With one peephole weight per channel, the gradients of all pixels sum to one row.
        for (slot, map) in zip(layer.peepholeSlots, gradients.ofTraining.peepholes) {
            sumRows(of: map, accumulatingInto: gradient[slot])
        }
    }
}
