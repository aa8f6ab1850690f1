// The convolutions of the gates by lowering: all inputs of a range of steps are one product, each hidden state another.

import Kernels

final class PlainGateConvolution<S: Scalar>: GateConvolution {
    private let operands: GateOperands<S>
    private let inputConvolution, hiddenConvolution: Convolution<S>?
    private let inputGradient, hiddenGradient: Tensor<S>

    init(_ operands: GateOperands<S>, workspace: PatchWorkspace<S>) {
        let layer = operands.layer, shape = layer.outputShape, k = layer.description.kernel
        func convolution(_ channels: Int) -> Convolution<S> {
            Convolution(
                ConvolutionGeometry(
                    height: shape.height, width: shape.width, channels: channels, kernel: k, padding: k / 2),
                filters: 4 * shape.channels, images: operands.steps * operands.batch, workspace: workspace)
        }
        self.operands = operands
        inputConvolution = operands.input.map { convolution($0.shape.channels) }
        hiddenConvolution = operands.hidden.map { convolution($0.output.shape.channels) }
        inputGradient = Tensor(shape: layer.inputKernel.shape)
        hiddenGradient = Tensor(shape: layer.hiddenKernel.shape)
    }

    private var gates: Tensor<S> { operands.gates }
    private var layer: ConvLSTMLayer<S> { operands.layer }

    func begin(_ steps: Range<Int>) {
        guard let x = operands.input, let inputConvolution else { return gates[steps].fill(0) }
        inputConvolution.forward(x.values.images(steps), weights: layer.inputKernel, into: gates.images(steps))
    }

    // A product is as long as it can be with all images in it, so `images` are always all.

    var imagesAtOnce: Int { max(1, operands.batch) }

    func preactivations(_ t: Int, _ images: Range<Int>) {
        guard let h = operands.hidden?.before(t) else { return }
        hiddenConvolution?.forward(h.sequence.values[h.step], weights: layer.hiddenKernel, accumulatingInto: gates[t])
    }

    func forward(_ t: Int, _ images: Range<Int>, _ step: GateStep<S>) {
        preactivations(t, images)
        step.forward()
    }

    func parts(of steps: Range<Int>) -> [Range<Int>] { [steps] }

    func backward(
        _ t: Int, _ images: Range<Int>, in part: Range<Int>, _ step: GateStepBackward<S>, biasGradient: Tensor<S>
    ) {
        step.backward()
        sumRows(of: gates[t], accumulatingInto: biasGradient)
        preactivationsBackward(t, images, in: part)
    }

    func preactivationsBackward(_ t: Int, _ images: Range<Int>, in part: Range<Int>) {
        guard let h = operands.hidden?.before(t), let dh = h.sequence.gradient?[h.step] else { return }
        hiddenConvolution?.inputGradient(gates[t], weights: layer.hiddenKernel, accumulatingInto: dh)
    }

    func finish(_ part: Range<Int>, _ images: Range<Int>) {
        guard let dx = operands.input?.gradient else { return }
        inputConvolution?.inputGradient(
            gates.images(part), weights: layer.inputKernel, accumulatingInto: dx.images(part))
    }

    func clearGradients() {}

    /// All steps at once: one long product each.
    func addKernelGradients(to gradient: ParameterVector<S>) {
        if let x = operands.input, let inputConvolution {
            inputGradient.fill(0)
            let all = 0..<operands.steps
            inputConvolution.weightGradient(x.values.images(all), gates.images(all), accumulatingInto: inputGradient)
            layer.inputBlocks?.scatter(inputGradient, accumulatingInto: gradient)
        }
        guard let hidden = operands.hidden, let hiddenConvolution else { return }
        hiddenGradient.fill(0)
        let later = 1..<max(operands.steps, 1)
        if !later.isEmpty {
            hiddenConvolution.weightGradient(
                hidden.output.values.images(0..<later.count), gates.images(later), accumulatingInto: hiddenGradient)
        }
        if let h = hidden.before(0) {
            hiddenConvolution.weightGradient(h.sequence.values[h.step], gates[0], accumulatingInto: hiddenGradient)
        }
        layer.hiddenBlocks.scatter(hiddenGradient, accumulatingInto: gradient)
    }
}
