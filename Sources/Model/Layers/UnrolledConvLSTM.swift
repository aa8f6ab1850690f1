// A ConvLSTM layer over the steps of a batch: forward through time, and below it, mirrored, backpropagation through time.

import Kernels

final class UnrolledConvLSTM<S: Scalar>: UnrolledStage {
    private let layer: ConvLSTMLayer<S>
    private let input: FeatureSequence<S>?
    private let output: FeatureSequence<S>
    private let start: UnrolledConvLSTM<S>?
    private let inputConvolution: Convolution<S>?
    private let hiddenConvolution: Convolution<S>

    /// (time, batch, height, width, 4 hidden): preactivations, then gates, then the preactivations' gradient.
    private let gates: Tensor<S>

    /// (time, batch, height, width, hidden).
    private let cells: Tensor<S>

    /// (batch, height, width, hidden).
    private let zeroState: Tensor<S>
    private let cellGradient: Tensor<S>

    private let inputKernelGradient, hiddenKernelGradient, biasGradient: Tensor<S>

    /// Accumulated step by step, in the shape of the layer's peepholes.
    private let peepholeGradients: [Tensor<S>]

    init(
        _ layer: ConvLSTMLayer<S>, input: FeatureSequence<S>?, output: FeatureSequence<S>,
        start: UnrolledConvLSTM<S>?, workspace: PatchWorkspace<S>
    ) {
        let (shape, steps, batch) = (output.shape, output.steps, output.batch)
        func convolution(_ channels: Int, images: Int) -> Convolution<S> {
            let k = layer.description.kernel
            return Convolution(
                ConvolutionGeometry(
                    height: shape.height, width: shape.width, channels: channels, kernel: k, padding: k / 2),
                filters: 4 * shape.channels, images: images, workspace: workspace)
        }
        self.layer = layer
        self.input = input
        self.output = output
        self.start = start
        inputConvolution = input.map { convolution($0.shape.channels, images: steps * batch) }
        hiddenConvolution = convolution(shape.channels, images: steps * batch)
        gates = Tensor(steps, batch, shape.height, shape.width, 4 * shape.channels)
        cells = Tensor(steps, batch, shape.height, shape.width, shape.channels)
        zeroState = Tensor(batch, shape.height, shape.width, shape.channels)
        cellGradient = Tensor(batch, shape.height, shape.width, shape.channels)
        inputKernelGradient = Tensor(shape: layer.inputKernel.shape)
        hiddenKernelGradient = Tensor(shape: layer.hiddenKernel.shape)
        biasGradient = Tensor(shape: layer.bias.shape)
        peepholeGradients = layer.peepholeSlots.map { Tensor(shape: $0.shape) }
    }

    // a_t = W_x * x_t (all steps at once) + W_h * h_{t-1}, then the gates' step with its bias and peepholes

    func forward(_ steps: Range<Int>) {
        if let input, let inputConvolution {
            inputConvolution.forward(
                input.values.images(steps), weights: layer.inputKernel, into: gates.images(steps))
        } else {
            gates[steps].fill(0)
        }
        for t in steps {
            if layer.description.carriesHidden, let h = hidden(before: t) {
                hiddenConvolution.forward(h, weights: layer.hiddenKernel, accumulatingInto: gates[t])
            }
            stepGates(
                gates[t], bias: layer.bias, peepholes: layer.peepholes, previousCell: cell(before: t), cell: cells[t],
                hidden: output.values[t])
        }
    }

    /// h_{t-1}; nil where it is zero.
    private func hidden(before t: Int) -> Tensor<S>? {
        t > 0 ? output.values[t - 1] : start?.finalHidden
    }

    /// c_{t-1}.
    private func cell(before t: Int) -> Tensor<S> {
        t > 0 ? cells[t - 1] : start?.finalCell ?? zeroState
    }

    private var finalHidden: Tensor<S> { output.values[output.steps - 1] }
    private var finalCell: Tensor<S> { cells[output.steps - 1] }

    // Backward, mirrored: the gates' step, then dh_{t-1} += W_h' da_t; at the end dx_t += W_x' da_t for all steps at once.

    func clearGradients() {
        cellGradient.fill(0)
        for gradient in peepholeGradients { gradient.fill(0) }
    }

    func backward(_ steps: Range<Int>) {
        guard let dh = output.gradient else { preconditionFailure("backward through a stage without gradient") }
        for t in steps.reversed() {
            stepGatesBackward(
                gates[t], peepholes: layer.peepholes, peepholeGradients: peepholeGradientMaps,
                previousCell: cell(before: t), cell: cells[t], hiddenGradient: dh[t], cellGradient: cellGradient)
            if layer.description.carriesHidden, let previous = hiddenGradient(before: t) {
                hiddenConvolution.inputGradient(gates[t], weights: layer.hiddenKernel, accumulatingInto: previous)
            }
        }
        if steps.lowerBound == 0, let start { add(cellGradient, accumulatingInto: start.cellGradient) }
        if let inputConvolution, let dx = input?.gradient {
            inputConvolution.inputGradient(
                gates.images(steps), weights: layer.inputKernel, accumulatingInto: dx.images(steps))
        }
    }

    /// dh_{t-1}; nil where the state before is no function of anything learned.
    private func hiddenGradient(before t: Int) -> Tensor<S>? {
        t > 0 ? output.gradient?[t - 1] : start?.output.gradient?[start!.output.steps - 1]
    }

    private var peepholeGradientMaps: Peepholes<S>? {
        guard let i = peepholeGradients.first else { return nil }
        return Peepholes(i: i, f: peepholeGradients[1], o: peepholeGradients[2])
    }

    // dW_x = sum over t of x_t (x) da_t,  dW_h = sum over t of h_{t-1} (x) da_t,  db = sum over t and places of da_t

    func addParameterGradients(to gradient: ParameterVector<S>) {
        let all = 0..<output.steps
        if let input, let inputConvolution, let blocks = layer.inputBlocks {
            inputKernelGradient.fill(0)
            inputConvolution.weightGradient(
                input.values.images(all), gates.images(all), accumulatingInto: inputKernelGradient)
            blocks.scatter(inputKernelGradient, accumulatingInto: gradient)
        }
        if layer.description.carriesHidden {
            addHiddenKernelGradient()
            layer.hiddenBlocks.scatter(hiddenKernelGradient, accumulatingInto: gradient)
        }
        biasGradient.fill(0)
        sumRows(of: gates, accumulatingInto: biasGradient)
        layer.biasBlocks.scatter(biasGradient, accumulatingInto: gradient)
        for (slot, map) in zip(layer.peepholeSlots, peepholeGradients) {
            add(map, accumulatingInto: gradient[slot])
        }
    }

    private func addHiddenKernelGradient() {
        let steps = output.steps
        hiddenKernelGradient.fill(0)
        if steps > 1 {
            hiddenConvolution.weightGradient(
                output.values.images(0..<steps - 1), gates.images(1..<steps), accumulatingInto: hiddenKernelGradient)
        }
        if let h = hidden(before: 0) {
            hiddenConvolution.weightGradient(h, gates[0], accumulatingInto: hiddenKernelGradient)
        }
    }
}
