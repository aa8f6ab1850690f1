// The gate convolutions by im2col: all inputs of a range of steps are one product, each hidden state is another.

import Kernels

final class Im2colGateConvolution<S: Scalar>: GateConvolution {
    private let operands: GateOperands<S>
    private let inputConvolution, hiddenConvolution: Convolution<S>?
    private let gradients: GateKernels<S>?

    init(_ operands: GateOperands<S>, context: UnrollingContext<S>) {
        let layer = operands.layer, shape = layer.outputShape, k = layer.description.kernel
        func convolution(_ channels: Int) -> Convolution<S> {
            Convolution(
                ConvolutionGeometry(
                    height: shape.height, width: shape.width, channels: channels, kernel: k, padding: k / 2),
                filters: 4 * shape.channels, images: context.imagesOfAProduct(of: operands.steps * operands.batch),
                workspace: context.workspace)
        }
        self.operands = operands
        inputConvolution = operands.input.map { convolution($0.shape.channels) }
        hiddenConvolution = operands.hidden.map { convolution($0.output.shape.channels) }
        gradients = context.use == .training ? layer.newKernels() : nil
    }

    private var layer: ConvLSTMLayer<S> { operands.layer }

    private var kernels: GateKernels<S> { layer.kernels! }

    /// Returns the gates of a range of steps. There is memory for all steps or for one, so the steps of a part are
    /// contiguous.
    private func gates(_ steps: Range<Int>) -> Tensor<S> {
        let held = operands.gates.tensor, first = steps.lowerBound % held.shape[0]
        return held.images(first..<first + steps.count)
    }

    func begin(_ steps: Range<Int>) {
        guard let x = operands.input, let inputConvolution else { return gates(steps).fill(0) }
        inputConvolution.forward(x.values.images(steps), weights: kernels.input, into: gates(steps))
    }

    // A product is the longer the more images it has, so `images` is always the whole batch.

    var imagesAtOnce: Int { max(1, operands.batch) }

    var imagesAtOnceBackward: Int { imagesAtOnce }

    func preactivations(_ t: Int, images: Range<Int>) {
        guard let h = operands.hidden?.before(t) else { return }
        hiddenConvolution?.forward(
            h.sequence.values[h.step], weights: kernels.hidden, accumulatingInto: gates(t..<t + 1))
    }

    func forward(_ t: Int, images: Range<Int>, step: GateStep<S>) {
        preactivations(t, images: images)
        step.forward()
    }

    func parts(of steps: Range<Int>) -> [Range<Int>] {
        operands.gates.tensor.shape[0] == operands.steps ? [steps] : steps.reversed().map { $0..<$0 + 1 }
    }

    func backward(
        _ t: Int, images: Range<Int>, in part: Range<Int>, step: some StepBackward<S>, biasGradient: Tensor<S>
    ) {
        step.backward()
        let da = gates(t..<t + 1)
        sumRows(of: da, accumulatingInto: biasGradient)
        guard let h = operands.hidden?.before(t), let dh = h.sequence.gradient?[h.step] else { return }
        hiddenConvolution?.inputGradient(da, weights: kernels.hidden, accumulatingInto: dh)
    }

    /// Computes the kernel gradients of a part, each as one long product.
    func finish(_ part: Range<Int>, images: Range<Int>) {
        let gradients = gradients.ofTraining
        if let x = operands.input, let inputConvolution {
            let da = gates(part)
            inputConvolution.weightGradient(x.values.images(part), da, accumulatingInto: gradients.input)
            if let dx = x.gradient {
                inputConvolution.inputGradient(da, weights: kernels.input, accumulatingInto: dx.images(part))
            }
        }
        guard let hidden = operands.hidden, let hiddenConvolution else { return }
        let later = max(part.lowerBound, 1)..<max(part.upperBound, 1)
        if !later.isEmpty {
            let before = hidden.output.values.images(later.lowerBound - 1..<later.upperBound - 1)
            hiddenConvolution.weightGradient(before, gates(later), accumulatingInto: gradients.hidden)
        }
        if part.lowerBound == 0, let h = hidden.before(0) {
            hiddenConvolution.weightGradient(
                h.sequence.values[h.step], gates(0..<1), accumulatingInto: gradients.hidden)
        }
    }

    func clearGradients() {
        gradients.ofTraining.input.fill(0)
        gradients.ofTraining.hidden.fill(0)
    }

    func addKernelGradients(to gradient: ParameterVector<S>) {
        let gradients = gradients.ofTraining
        if operands.input != nil { layer.inputBlocks?.scatter(gradients.input, accumulatingInto: gradient) }
        if operands.hidden != nil { layer.hiddenBlocks.scatter(gradients.hidden, accumulatingInto: gradient) }
    }
}
