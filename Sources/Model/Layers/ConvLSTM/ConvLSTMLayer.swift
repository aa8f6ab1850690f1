// The ConvLSTM layer: its tensors, and its weights in the matrix form that the products read.
//
//     a_t = W_x * x_t + W_h * h_{t-1} + b      optionally normalized, then the gates (Kernels/ConvLSTM/Gates.swift)
//
// Source: Shi et al., "Convolutional LSTM network: a machine learning approach for precipitation nowcasting", NIPS
// 2015.

import Kernels

/// The input of a ConvLSTM layer at each time step.
package enum CellInput: Sendable, Equatable {
    /// No input: there is no input kernel.
    case nothing

    /// Zeros: there is an input kernel for this many channels, but it is neither used nor trained.
    case zeros(channels: Int)

    case map(FeatureShape)

    /// The number of input channels of the input kernel.
    var channels: Int {
        switch self {
        case .nothing: 0
        case .zeros(let channels): channels
        case .map(let shape): shape.channels
        }
    }

    /// Whether the input kernel takes part in the computation.
    var isComputed: Bool {
        if case .map = self { true } else { false }
    }
}

/// The kernels of a layer, or their gradients, as matrices: (kernel x kernel x input channels, 4 hidden) and (kernel x
/// kernel x hidden, 4 hidden). A kernel that is not used has no rows. The gates are i, f, g, o, in the column order of the
/// convolution.
struct GateKernels<S: Scalar> {
    let input, hidden: Tensor<S>

    init(rows: (input: Int, hidden: Int), hidden n: Int) {
        (input, hidden) = (Tensor(rows.input, 4 * n), Tensor(rows.hidden, 4 * n))
    }
}

package final class ConvLSTMLayer<S: Scalar>: Layer {
    let name: String
    let description: ConvLSTMDescription
    package let outputShape: FeatureShape

    /// The kernels; nil where only the Winograd domain's are read, which a layer that forecasts makes once.
    let kernels: GateKernels<S>?

    private let kernelRows: (input: Int, hidden: Int)

    /// The bias b, zeros if the layer has none, and a vector of zeros: (4 hidden).
    let bias, zeroBias: Tensor<S>

    /// nil if the layer has no such weight, or does not use it.
    let inputBlocks, biasBlocks: GateBlocks?
    let hiddenBlocks: GateBlocks

    let peepholeSlots: [ParameterSlot]
    private(set) var peepholes: Peepholes<S>?

    let plan: ConvolutionPlan

    /// Whether backward recomputes the gates, so that the gates of only a few steps are kept in memory.
    let recomputesGates: Bool

    /// The weights in the Winograd domain; nil if the layer uses im2col.
    let winograd: WinogradGateWeights<S>?

    let normalizer: GateNormalizer?
    private(set) var normalization: GroupNormalization<S>?

    /// - Parameters:
    ///   - map: the height and width of the layer's feature maps.
    /// - Throws: `ModelError` naming the layer if its description is invalid.
    package init(
        _ name: String, _ d: ConvLSTMDescription, input: CellInput, map: FeatureShape,
        convolution: ConvolutionAlgorithm = .automatic, recomputesGates: Bool = false, for use: NetworkUse = .training,
        layout: inout ParameterLayout
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
            : tensors.append(
                "input.kernel", shape: [k, k, input.channels], initialization: start(d.kernelInitialization),
                to: &layout)
        let hiddenTensors = tensors.append(
            "hidden.kernel", shape: [k, k, n], initialization: start(d.hiddenInitialization), to: &layout)
        biasBlocks = try tensors.appendBias(start(d.biasInitialization), of: d, to: &layout)
        normalizer = try d.normalization.map { form throws(ModelError) in
            try GateNormalizer(layer: name, form, state: state, layout: &layout)
        }
        peepholeSlots =
            d.peepholes.shape(state).map { shape in
                ["i", "f", "o"].map {
                    layout.append("\(name).\($0).peephole", shape: shape, initialization: d.peepholeInitialization)
                }
            } ?? []

        kernelRows = (input.isComputed ? k * k * input.channels : 0, d.isRecurrent ? k * k * n : 0)
        bias = Tensor(4 * n)
        zeroBias = Tensor(4 * n)
        let shape = GateConvolutionShape(
            height: map.height, width: map.width, kernel: k, inputChannels: input.isComputed ? input.channels : 0,
            hidden: n, isRecurrent: d.isRecurrent)
        plan = ConvolutionPlan(shape, convolution)
        winograd = plan.tiling.map { tiling in
            WinogradGateWeights(
                tiling, inputChannels: shape.inputChannels, hidden: n, isRecurrent: shape.isRecurrent, for: use)
        }
        kernels = winograd == nil || use == .training ? GateKernels(rows: kernelRows, hidden: n) : nil
        let order = winograd == nil ? ColumnOrder.sideBySide : .inBlocks
        inputBlocks = input.isComputed ? inputTensors?.with(order) : nil
        hiddenBlocks = hiddenTensors.with(order)
    }

    var hasParameters: Bool { true }
    var isRecurrent: Bool { true }

    var multiplyAdds: Int { plan.shape.multiplyAdds }

    /// Returns the number of time steps whose gates are kept in memory for a backward pass.
    func stepsInMemory(of steps: Int, batch: Int) -> Int {
        recomputesGates ? min(steps, transformDemand?.stepsAtOnce(batch: batch) ?? 1) : steps
    }

    /// Returns zeros in the shapes of the kernels.
    func newKernels() -> GateKernels<S> { GateKernels(rows: kernelRows, hidden: description.hidden) }

    var transformDemand: TransformDemand? { winograd?.demand }

    package func prepare(_ values: ParameterVector<S>) {
        let kernels = kernels ?? newKernels()
        inputBlocks?.gather(values, into: kernels.input)
        if description.isRecurrent { hiddenBlocks.gather(values, into: kernels.hidden) }
        biasBlocks?.gather(values, into: bias)
        peepholes = peepholes(in: values)
        normalization = normalizer?.kernel(values)
        winograd?.prepare(kernels)
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
    /// Returns the shape of one gate's peephole weights for a hidden state; nil for none.
    fileprivate func shape(_ state: FeatureShape) -> [Int]? {
        switch self {
        case .none: nil
        case .perPosition: [state.height, state.width, state.channels]
        case .perChannel: [state.channels]
        }
    }
}
