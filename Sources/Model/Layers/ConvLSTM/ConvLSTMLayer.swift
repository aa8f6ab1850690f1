// The convolutional LSTM layer: its tensors, and its weights as the matrices that the products want.
//
//     a_t = W_x * x_t + W_h * h_{t-1} + b      normalized where asked, then the gates' step (Kernels/Gates.swift)
//
// Source: Shi et al., "Convolutional LSTM network: a machine learning approach for precipitation nowcasting", NIPS
// 2015.

import Kernels

/// What a ConvLSTM layer reads at each step.
package enum CellInput: Sendable, Equatable {
    /// Nothing: there is no input kernel.
    case nothing

    /// Zeros: there is an input kernel for so many channels, with which nothing is computed and which never learns.
    case zeros(channels: Int)

    case map(FeatureShape)

    /// Of its input kernel.
    var channels: Int {
        switch self {
        case .nothing: 0
        case .zeros(let channels): channels
        case .map(let shape): shape.channels
        }
    }

    /// Whether anything comes of the input kernel.
    var isComputed: Bool {
        if case .map = self { true } else { false }
    }
}

package final class ConvLSTMLayer<S: Scalar>: Layer {
    let name: String
    let description: ConvLSTMDescription
    package let outputShape: FeatureShape

    /// (kernel x kernel x input channels, 4 hidden) and (kernel x kernel x hidden, 4 hidden), each without rows where
    /// nothing is computed with it; gates i, f, g, o, in the order that the convolution wants.
    let inputKernel, hiddenKernel: Tensor<S>

    /// (4 hidden): b, zeros where there is none; and zeros.
    let bias, zeroBias: Tensor<S>

    /// nil where there is no such weight, or nothing to multiply it with.
    let inputBlocks, biasBlocks: GateBlocks?
    let hiddenBlocks: GateBlocks

    let peepholeSlots: [ParameterSlot]
    private(set) var peepholes: Peepholes<S>?

    let plan: ConvolutionPlan

    /// Whether backward computes gates again, so that memory is for a few steps of them.
    let recomputesGates: Bool

    /// The weights for Winograd convolution; nil where the plain way is taken.
    let winograd: WinogradGateWeights<S>?

    let normalizer: GateNormalizer?
    private(set) var normalization: GroupNormalization<S>?

    /// - Parameters:
    ///   - map: height and width of its feature maps.
    /// - Throws: `ModelError` naming the layer whose description does not fit.
    package init(
        _ name: String, _ d: ConvLSTMDescription, input: CellInput, map: FeatureShape,
        convolution: ConvolutionAlgorithm = .automatic, recomputesGates: Bool = false, layout: inout ParameterLayout
    ) throws(ModelError) {
        guard d.kernel % 2 == 1, d.kernel > 0, d.hidden > 0 else {
            throw ModelError(
                "layer \(name): kernel \(d.kernel) and \(d.hidden) hidden channels; "
                    + "choose an odd kernel and at least one channel")
        }
        self.name = name
        self.recomputesGates = recomputesGates
        description = d
        let k = d.kernel, n = d.hidden, state = map.with(channels: n)
        outputShape = state

        let tensors = GateTensorNames(layer: name, division: d.tensors, hidden: n)
        func start(_ initialization: Initialization) -> Initialization {
            initialization.resolved(fanIn: k * k * (input.channels + n))
        }
        let inputTensors =
            input == .nothing
            ? nil
            : tensors.append("input.kernel", [k, k, input.channels], start(d.kernelInitialization), to: &layout)
        let hiddenTensors = tensors.append(
            "hidden.kernel", [k, k, n], start(d.hiddenInitialization), to: &layout)
        biasBlocks = try tensors.appendBias(start(d.biasInitialization), of: d, to: &layout)
        normalizer = try d.normalization.map { form throws(ModelError) in
            try GateNormalizer(layer: name, form, state: state, layout: &layout)
        }
        peepholeSlots =
            d.peepholes.shape(state).map { shape in
                ["i", "f", "o"].map { layout.append("\(name).\($0).peephole", shape, d.peepholeInitialization) }
            } ?? []

        inputKernel = Tensor(input.isComputed ? k * k * input.channels : 0, 4 * n)
        hiddenKernel = Tensor(d.isRecurrent ? k * k * n : 0, 4 * n)
        bias = Tensor(4 * n)
        zeroBias = Tensor(4 * n)
        let shape = GateConvolutionShape(
            height: map.height, width: map.width, kernel: k, inputChannels: input.isComputed ? input.channels : 0,
            hidden: n, isRecurrent: d.isRecurrent)
        plan = ConvolutionPlan(shape, convolution)
        winograd = plan.tiling.map { tiling in
            WinogradGateWeights(
                tiling, inputChannels: shape.inputChannels, hidden: n, isRecurrent: shape.isRecurrent)
        }
        let order = winograd == nil ? ColumnOrder.sideBySide : .inBlocks
        inputBlocks = input.isComputed ? inputTensors?.with(order) : nil
        hiddenBlocks = hiddenTensors.with(order)
    }

    var hasParameters: Bool { true }
    var isRecurrent: Bool { true }

    var multiplyAdds: Int { plan.shape.multiplyAdds }

    /// Steps whose gates there is memory for.
    func stepsInMemory(of steps: Int, batch: Int) -> Int {
        recomputesGates ? min(steps, transformDemand?.stepsAtOnce(batch: batch) ?? 1) : steps
    }

    var transformDemand: TransformDemand? { winograd?.demand }

    package func prepare(_ values: ParameterVector<S>) {
        inputBlocks?.gather(values, into: inputKernel)
        if description.isRecurrent { hiddenBlocks.gather(values, into: hiddenKernel) }
        biasBlocks?.gather(values, into: bias)
        peepholes = peepholes(in: values)
        normalization = normalizer?.kernel(values)
        winograd?.input?.prepare(inputKernel)
        winograd?.hidden?.prepare(hiddenKernel)
    }

    private func peepholes(in vector: ParameterVector<S>) -> Peepholes<S>? {
        guard let i = peepholeSlots.first else { return nil }
        return Peepholes(i: vector[i], f: vector[peepholeSlots[1]], o: vector[peepholeSlots[2]])
    }

    package func unrolled(
        input: FeatureSequence<S>, output: FeatureSequence<S>, context: UnrollingContext<S>
    ) -> any UnrolledLayer<S> {
        unrolled(input: input, output: output, start: nil, context: context)
    }

    /// The layer with memory for a batch.
    ///
    /// - Parameters:
    ///   - input: the sequence that it reads; nil for zeros, and where it reads nothing.
    ///   - start: the unrolled layer whose final state this one starts from; nil for zeros.
    package func unrolled(
        input: FeatureSequence<S>?, output: FeatureSequence<S>, start: UnrolledConvLSTM<S>?,
        context: UnrollingContext<S>
    ) -> UnrolledConvLSTM<S> {
        UnrolledConvLSTM(self, input: input, output: output, start: start, context: context)
    }
}

extension PeepholeForm {
    /// Of one gate's weights over a hidden state; nil for none.
    fileprivate func shape(_ state: FeatureShape) -> [Int]? {
        switch self {
        case .none: nil
        case .perPosition: [state.height, state.width, state.channels]
        case .perChannel: [state.channels]
        }
    }
}
