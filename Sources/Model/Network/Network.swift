// A network built from its description: the layers in execution order, and what each of them reads. The choice: it
// holds no activations and no parameters; `UnrolledNetwork` holds the former, a `ParameterVector` the latter.

import Kernels

/// The layers of a network and the layout of its parameters. Unrolled networks on several threads may share it between
/// two calls of `prepare`.
package final class Network<S: Scalar> {
    package let description: NetworkDescription

    /// The shape of the frames that the network makes.
    package let frame: FeatureShape

    /// The shape of the frames that it reads, which may have the mask as one more channel.
    package var inputFrame: FeatureShape { frame.with(channels: frame.channels + (description.readsMask ? 1 : 0)) }

    /// What the network is built for. One for forecasts has no weights for backward passes.
    package let use: NetworkUse

    private let convolution: ConvolutionAlgorithm
    private let told: LayerAlgorithms
    private let recomputesGates: Bool

    package private(set) var layout = ParameterLayout()

    /// The moving averages of batch normalization. They belong to the network, and training passes update them.
    package private(set) var statistics: ParameterVector<S>

    /// Calls of `prepare`.
    private(set) var preparations = 0

    private var measured = ParameterLayout()
    private(set) var nodes: [Node] = []

    /// A layer with its connections.
    struct Node {
        let name: String
        let layer: any Layer<S>

        /// The sequences it reads, as indices; empty for zeros.
        let sources: [Source]

        /// The index of the node whose final state initializes this one.
        let start: Int?

        let axis: Axis
    }

    enum Source {
        case frames
        case forecasterInput
        case node(Int)

        func isNode(_ index: Int) -> Bool {
            if case .node(index) = self { true } else { false }
        }
    }

    /// The time steps over which a layer runs.
    enum Axis {
        case input, output
    }

    /// - Parameters:
    ///   - told: the algorithms of layers for which somebody else has chosen; the others follow `convolution`.
    ///   - recomputesGates: whether backward recomputes the gates instead of keeping those of all steps. This takes less
    ///     memory and more time, and gives the same results.
    /// - Throws: `ModelError` naming the layer that does not fit.
    package init(
        _ description: NetworkDescription, frame: FeatureShape, convolution: ConvolutionAlgorithm = .automatic,
        told: LayerAlgorithms = [:], recomputesGates: Bool = false, for use: NetworkUse = .training
    ) throws(ModelError) {
        self.description = description
        (self.convolution, self.told) = (convolution, told)
        (self.recomputesGates, self.use) = (recomputesGates, use)
        self.frame = frame
        statistics = ParameterVector(ParameterLayout())
        for (position, layer) in description.encoder.enumerated() {
            try append(layer, default: position == 0 ? [.frames] : [.node(nodes.count - 1)], axis: .input)
        }
        for (position, layer) in description.forecaster.enumerated() {
            let first = readsNothing ? [] : [Source.forecasterInput]
            try append(layer, default: position == 0 ? first : [.node(nodes.count - 1)], axis: .output)
        }
        for layer in description.readout {
            try append(layer, default: nodes.isEmpty ? [.frames] : [.node(nodes.count - 1)], axis: nil)
        }
        try checkEnds()
        statistics = ParameterVector(measured)
        statistics.initialize(seed: 0)
    }

    /// Whether frames after the input come from layers of their own; otherwise there is one output per input.
    package var hasForecaster: Bool { nodes.last!.axis == .output }

    /// The names of the layers in execution order.
    package var layerNames: [String] { nodes.map(\.name) }

    /// Whether training passes sum statistics over all virtual ranks, so that virtual ranks without sequences must take
    /// part.
    package var hasBatchStatistics: Bool { statistics.layout.count > 0 }

    /// Whether a node computes the gradient of its input in place: no other layer reads that input or adds to its
    /// gradient.
    func sharesGradient(_ index: Int) -> Bool {
        guard nodes[index].layer.isPointwise, case .node(let source)? = nodes[index].sources.first else { return false }
        let readers = nodes.reduce(0) { $0 + $1.sources.filter { $0.isNode(source) }.count }
        let isFedBack = source == lastOfForecaster || source == nodes.count - 1
        return readers == 1 && !isFedBack && !nodes[source].layer.isRecurrent
    }

    /// The index of the last node that reads a node's output; nil where the output is read by a feedback, or is the
    /// network's.
    func lastReader(of index: Int) -> Int? {
        let isFedBack = index == lastOfForecaster || index == description.encoder.count - 1
        if index == nodes.count - 1 || isFedBack && description.forecasterInput == .lastHidden { return nil }
        return nodes.lastIndex { $0.sources.contains { $0.isNode(index) } }
    }

    /// Returns the multiply-adds of the forward pass of one sequence.
    package func multiplyAdds(_ unrolling: Unrolling) -> Int {
        nodes.reduce(0) { $0 + $1.layer.multiplyAdds * steps($1.axis, unrolling) }
    }

    /// Brings the parameters into the form that the products want; what was prepared before is no longer valid.
    package func prepare(_ values: ParameterVector<S>, on pool: ThreadPool = ThreadPool()) -> PreparedNetwork<S> {
        pool.forEach(nodes.count) { [nodes] in nodes[$0].layer.prepare(values) }
        preparations += 1
        return PreparedNetwork(self, preparation: preparations)
    }
}

// Construction.

extension Network {
    /// - Parameter axis: nil for a readout layer, which runs over the time steps of what it reads.
    private func append(
        _ description: LayerDescription, default sources: [Source], axis: Axis?
    ) throws(ModelError) {
        let name = description.name
        // The names of tensors and error messages contain it.
        guard (1...100).contains(name.utf8.count) else {
            throw ModelError("a layer has a name of \(name.utf8.count) bytes; choose one of 1 to 100")
        }
        guard name != "frames" else {
            throw ModelError("a layer is called frames, which is the name of the network's input; choose another")
        }
        guard !nodes.contains(where: { $0.name == name }) else {
            throw ModelError("two layers are called \(name); give each a name of its own")
        }
        var chosen = sources
        if let from = description.from {
            chosen = []
            for other in from { chosen.append(try source(other, of: name)) }
        }
        let steps = if let axis { axis } else { try self.axis(of: chosen, for: name) }
        let start = try self.start(of: description)
        let input = try inputShape(of: chosen, for: name)
        try description.checkSize(reading: input)
        let layer = try build(description, input: input, start: start)
        nodes.append(Node(name: name, layer: layer, sources: chosen, start: start, axis: steps))
    }

    /// The input of a layer without sources, which can only be the first of a forecaster.
    private var missingInput: CellInput {
        if case .zeros(let channels) = description.forecasterInput { .zeros(channels: channels) } else { .nothing }
    }

    /// Whether the first layer of a forecaster has no frames or states to read.
    private var readsNothing: Bool {
        switch description.forecasterInput {
        case .nothing, .zeros: true
        case .lastHidden, .previousFrame: false
        }
    }

    /// Checks that the network outputs frames, and that a forecaster that reads its own output produces what it reads.
    private func checkEnds() throws(ModelError) {
        guard let last = nodes.last else { throw ModelError("the network has no layers; describe at least a readout") }
        guard last.layer.outputShape == frame else {
            throw ModelError(
                "the network makes frames of \(last.layer.outputShape) from frames of \(frame); "
                    + "its last layer \(last.name) has to give \(frame)")
        }
        guard description.forecasterInput == .lastHidden, !description.forecaster.isEmpty else { return }
        let given = nodes[lastOfForecaster].layer.outputShape, read = shape(of: .forecasterInput)
        guard given == read else {
            throw ModelError(
                "the forecaster reads its own last hidden state of \(given) and at first the encoder's of \(read); "
                    + "they must agree")
        }
    }

    /// The index of the node whose output a forecaster reads at the next time step.
    var lastOfForecaster: Int { description.encoder.count + description.forecaster.count - 1 }

    private func source(_ other: String, of name: String) throws(ModelError) -> Source {
        if other == "frames" { return .frames }
        return .node(try index(of: other, for: name))
    }

    private func index(of other: String, for name: String) throws(ModelError) -> Int {
        guard let index = nodes.firstIndex(where: { $0.name == other }) else {
            let known = nodes.map(\.name).joined(separator: ", ")
            throw ModelError("layer \(name) names \(other), which no layer before it is called; there are: \(known)")
        }
        return index
    }

    func shape(of source: Source) -> FeatureShape {
        switch source {
        case .frames: inputFrame
        case .forecasterInput:
            description.forecasterInput == .previousFrame || description.encoder.isEmpty
                ? inputFrame : nodes[description.encoder.count - 1].layer.outputShape
        case .node(let index): nodes[index].layer.outputShape
        }
    }

    private func axis(of source: Source) -> Axis {
        switch source {
        case .frames: .input
        case .forecasterInput: .output
        case .node(let index): nodes[index].axis
        }
    }

    private func axis(of sources: [Source], for name: String) throws(ModelError) -> Axis {
        guard let first = sources.first else { throw ModelError("layer \(name) reads nothing; name what it reads") }
        guard sources.allSatisfy({ axis(of: $0) == axis(of: first) }) else {
            throw ModelError(
                "layer \(name) reads layers of the encoder and of the forecaster; they run over other frames")
        }
        return axis(of: first)
    }

    /// Returns the shape of the concatenated sources; nil for none.
    private func inputShape(of sources: [Source], for name: String) throws(ModelError) -> FeatureShape? {
        guard let first = sources.first.map(shape) else { return nil }
        for other in sources.map(shape) where other.with(channels: 0) != first.with(channels: 0) {
            throw ModelError(
                "layer \(name) reads feature maps of \(first) and of \(other); height and width must agree")
        }
        return first.with(channels: sources.reduce(0) { $0 + shape(of: $1).channels })
    }

    private func start(of description: LayerDescription) throws(ModelError) -> Int? {
        guard case .convLSTM(let d) = description.operation, let other = d.initialState else { return nil }
        let start = try index(of: other, for: description.name)
        guard let from = nodes[start].layer as? ConvLSTMLayer<S>, from.description.hidden == d.hidden else {
            throw ModelError(
                "layer \(description.name) cannot start from the state of \(other); "
                    + "that has to be a ConvLSTM with \(d.hidden) hidden channels")
        }
        return start
    }

    private func build(
        _ description: LayerDescription, input: FeatureShape?, start: Int?
    ) throws(ModelError) -> any Layer<S> {
        let name = description.name
        if case .convLSTM(let d) = description.operation {
            let state = start.map { nodes[$0].layer.outputShape }
            guard let map = input ?? state else {
                throw ModelError("layer \(name) reads nothing and starts from nothing; name its initialState")
            }
            guard state == nil || state == map.with(channels: d.hidden) else {
                throw ModelError("layer \(name) has feature maps of \(map) and starts from a state of \(state!)")
            }
            return try ConvLSTMLayer(
                name, d, input: input.map(CellInput.map) ?? missingInput, map: map,
                convolution: told[name] ?? convolution,
                recomputesGates: recomputesGates, for: use, layout: &layout)
        }
        guard let input else { throw ModelError("layer \(name) reads nothing; name what it reads") }
        switch description.operation {
        case .convLSTM: preconditionFailure("handled above")
        case .convolution(let d):
            return try ConvolutionLayer(name, d, input: input, convolution: convolution, for: use, layout: &layout)
        case .transposedConvolution(let d):
            return try TransposedConvolutionLayer(
                name, d, input: input, convolution: convolution, for: use, layout: &layout)
        case .convolution3D(let d): return try Convolution3DLayer(name, d, input: input, layout: &layout)
        case .batchNormalization(let d):
            return try BatchNormalizationLayer(name, d, input: input, layout: &layout, statistics: &measured)
        case .leakyReLU(let d): return try ActivationLayer.leakyReLU(name, d, input: input)
        case .activation(let activation): return ActivationLayer(activation, input: input)
        case .spaceToDepth(let d): return try RearrangementLayer.spaceToDepth(name, d, input: input)
        case .depthToSpace(let d): return try RearrangementLayer.depthToSpace(name, d, input: input)
        }
    }
}
