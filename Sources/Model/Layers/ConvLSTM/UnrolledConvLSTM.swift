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

    /// The preactivations, then the gates, then in some cases the gradient of the preactivations: (steps in memory,
    /// batch, height, width, 4 hidden). Step t has the index t modulo the steps in memory.
    private let gates: Tensor<S>

    /// The step whose gates each index of `gates` holds.
    private var holders: [Int?]

    /// The cell states: (time, batch, height, width, hidden).
    private let cells: Tensor<S>

    /// Zeros as initial state, and below it the gradient of the cell state: (batch, height, width, hidden).
    private let zeroState: Tensor<S>
    private let cellGradient: Tensor<S>

    /// The bias gradient db, the sum over t and pixels of da_t, accumulated step by step.
    private let biasGradient: Tensor<S>

    /// The peephole gradients of the gates i, f and o, each (height, width, hidden), accumulated step by step; empty
    /// without peepholes.
    private let peepholeGradients: [Tensor<S>]

    init(
        _ layer: ConvLSTMLayer<S>, input: FeatureSequence<S>?, output: FeatureSequence<S>,
        start: UnrolledConvLSTM<S>?, context: UnrollingContext<S>
    ) {
        let (shape, steps, batch) = (output.shape, output.steps, output.batch)
        self.layer = layer
        self.input = input
        self.output = output
        self.start = start
        let held = layer.stepsInMemory(of: steps, batch: batch)
        normalizer = layer.normalizer.map { UnrolledGateNormalizer($0, steps: held, batch: batch) }
        gates = Tensor(held, batch, shape.height, shape.width, 4 * shape.channels)
        holders = Array(repeating: nil, count: held)
        cells = Tensor(steps, batch, shape.height, shape.width, shape.channels)
        zeroState = Tensor(batch, shape.height, shape.width, shape.channels)
        cellGradient = Tensor(batch, shape.height, shape.width, shape.channels)
        biasGradient = Tensor(shape: layer.bias.shape)
        peepholeGradients = layer.peepholeSlots.map { _ in Tensor(shape.height, shape.width, shape.channels) }
        let operands = GateOperands(
            layer: layer, input: input,
            hidden: layer.description.isRecurrent ? HiddenStates(output: output, start: start?.output) : nil,
            gates: gates, steps: steps)
        convolution =
            layer.winograd.map { WinogradGateConvolution(operands, $0, context: context) }
            ?? Im2colGateConvolution(operands, workspace: context.workspace)
    }

    // a_t = W_x * x_t + W_h * h_{t-1}, then the gates with bias and peepholes. If a_t is normalized, the bias is added
    // before the normalization.

    package func forward(_ steps: Range<Int>) {
        for part in steps.chunks(of: holders.count) {
            convolution.begin(part)
            for t in part {
                for images in groups { forward(t, images: images) }
                holders[place(t)] = t
            }
        }
    }

    /// Returns the index of a step's gates in memory.
    private func place(_ t: Int) -> Int { t % holders.count }

    private func forward(_ t: Int, images: Range<Int>) {
        let gates = gates[cyclic: t][images],
            step = GateStep(
                gates: gates, bias: normalizer == nil ? layer.bias : layer.zeroBias,
                activation: layer.description.gateActivation, peepholes: layer.peepholes,
                previousCell: cell(before: t)[images], cell: cells[t][images], hidden: output.values[t][images])
        guard let kernel = layer.normalization, let normalizer else {
            return convolution.forward(t, images: images, step: step)
        }
        convolution.preactivations(t, images: images)
        if layer.biasBlocks != nil { addRow(layer.bias, toRowsOf: gates) }
        normalizer.forward(t, images: images, step: step, by: kernel)
    }

    /// The groups of images that pass through a step together.
    private var groups: [Range<Int>] {
        let size = convolution.imagesAtOnce
        return (0..<output.batch).chunks(of: size)
    }

    /// Returns c_{t-1}.
    private func cell(before t: Int) -> Tensor<S> {
        t > 0 ? cells[t - 1] : start?.finalCell ?? zeroState
    }

    private var finalCell: Tensor<S> { cells[output.steps - 1] }

    // Backward, mirrored: recompute gates that are no longer in memory, then the gates, the normalization, and dh_{t-1}
    // += W_h' da_t; at the end of each part of the steps dx_t += W_x' da_t.

    package func clearGradients() {
        cellGradient.fill(0)
        biasGradient.fill(0)
        convolution.clearGradients()
        normalizer?.clearGradients()
        for gradient in peepholeGradients { gradient.fill(0) }
    }

    package func backward(_ steps: Range<Int>) {
        for part in convolution.parts(of: steps) {
            let isHeld = part.allSatisfy { holders[place($0)] == $0 }
            if !isHeld { convolution.begin(part) }
            for images in groups {
                if !isHeld { for t in part { forward(t, images: images) } }
                for t in part.reversed() { backward(t, images: images, in: part) }
                convolution.finish(part, images: images)
            }
            for t in part { holders[place(t)] = nil }
        }
        if steps.lowerBound == 0, let start { add(cellGradient, accumulatingInto: start.cellGradient) }
    }

    private func backward(_ t: Int, images: Range<Int>, in part: Range<Int>) {
        let gates = gates[cyclic: t][images],
            step = GateStepBackward(
                gates: gates, activation: layer.description.gateActivation, peepholes: layer.peepholes,
                peepholeGradients: peepholeGradientMaps, previousCell: cell(before: t)[images], cell: cells[t][images],
                hiddenGradient: output.requiredGradient[t][images], cellGradient: cellGradient[images])
        guard let kernel = layer.normalization, let normalizer else {
            return convolution.backward(t, images: images, in: part, step: step, biasGradient: biasGradient)
        }
        normalizer.backward(t, images: images, step: step, by: kernel)
        if layer.biasBlocks != nil { sumRows(of: gates, accumulatingInto: biasGradient) }
        convolution.preactivationsBackward(t, images: images, in: part)
    }

    private var peepholeGradientMaps: Peepholes<S>? {
        guard let i = peepholeGradients.first else { return nil }
        return Peepholes(i: i, f: peepholeGradients[1], o: peepholeGradients[2])
    }

    package func addParameterGradients(to gradient: ParameterVector<S>) {
        convolution.addKernelGradients(to: gradient)
        layer.biasBlocks?.scatter(biasGradient, accumulatingInto: gradient)
        normalizer?.addParameterGradients(to: gradient)
        // With one peephole weight per channel, the gradients of all pixels sum to one row.
        for (slot, map) in zip(layer.peepholeSlots, peepholeGradients) {
            sumRows(of: map, accumulatingInto: gradient[slot])
        }
    }
}
