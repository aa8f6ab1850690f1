// The construction of an unrolled network: it allocates every sequence of feature maps and the layers that fill it.

import Kernels

/// Unrolls a network node by node.
struct Unroller<S: Scalar> {
    private let network: Network<S>
    private let unrolling: Unrolling
    private let frames: FeatureSequence<S>
    private let context: UnrollingContext<S>

    private var memory: MapMemory<S>

    /// The memory of each node's output, and of what else is free once a node has run.
    private var outputMemory: [Tensor<S>] = []
    private var sideMemory: [Tensor<S>] = []

    private(set) var layers = UnrolledLayers<S>()
    private(set) var sequences: [FeatureSequence<S>] = []
    private(set) var frameFeedback: FrameFeedback<S>?
    private var hiddenFeedback: HiddenFeedback<S>?

    /// The output of each node.
    private(set) var outputs: [FeatureSequence<S>] = []

    /// The ConvLSTM layers so far, by the number of their node.
    private var cells: [Int: UnrolledConvLSTM<S>] = [:]

    /// The inputs of the first layers of encoder and forecaster, if they are not a node's output.
    private var encoderInput: FeatureSequence<S>
    private var forecasterInput: FeatureSequence<S>?

    /// The index of the layer at which the cycle begins, if there is one.
    private var cycleStart: Int?

    init(
        network: Network<S>, unrolling: Unrolling, frames: FeatureSequence<S>, context: UnrollingContext<S>
    ) {
        (self.network, self.unrolling, self.frames, self.context) = (network, unrolling, frames, context)
        memory = MapMemory(for: context.use)
        encoderInput = frames.window(0..<(network.hasForecaster ? network.steps(.input, unrolling) : frames.steps))
    }

    mutating func unroll() {
        let first = network.description.encoder.count, last = network.lastOfForecaster
        if !network.hasForecaster && frames.steps > unrolling.inputFrames {
            encoderInput = feedFrames(from: 0, known: unrolling.inputFrames, lag: unrolling.forecastOffset)
        }
        for (index, node) in network.nodes.enumerated() {
            if index == first && network.hasForecaster { beginForecaster() }
            unroll(node)
            giveBackMemory(after: index)
            if index == last, let hiddenFeedback {
                hiddenFeedback.own = outputs[index]
                layers.closeCycle(from: cycleStart!, known: 1, lag: 1, isOfFrames: false)
                memory.endCycle()
            }
        }
        if let frameFeedback {
            frameFeedback.own = outputs.last
            layers.closeCycle(from: cycleStart!, known: frameFeedback.known, lag: frameFeedback.lag, isOfFrames: true)
        }
    }

    /// Frees the memory of what no node after this one reads.
    private mutating func giveBackMemory(after index: Int) {
        for side in sideMemory { memory.giveBack(side) }
        sideMemory = []
        for node in 0...index where network.lastReader(of: node) == index { memory.giveBack(outputMemory[node]) }
    }

    private mutating func beginForecaster() {
        switch network.description.forecasterInput {
        case .nothing, .zeros: break
        case .previousFrame: forecasterInput = feedFrames(from: unrolling.inputFrames - 1, known: 1, lag: 1)
        case .lastHidden:
            memory.beginCycle()
            let (input, _) = newSequence(
                network.shape(of: .forecasterInput), steps: unrolling.outputFrames, needsGradient: true)
            let feedback = HiddenFeedback(first: outputs.last!, output: input)
            (hiddenFeedback, forecasterInput, cycleStart) = (feedback, input, layers.all.count)
            layers.append(feedback, steps: input.steps)
        }
    }

    /// Returns the frames from `first` on, of which those after the first `known` may be the network's own.
    private mutating func feedFrames(from first: Int, known: Int, lag: Int) -> FeatureSequence<S> {
        let truth = frames.window(first..<frames.steps)
        memory.beginCycle()
        let (input, _) = newSequence(frames.shape, steps: truth.steps, needsGradient: true)
        let feedback = FrameFeedback(truth, known: known, lag: lag, output: input)
        (frameFeedback, cycleStart) = (feedback, layers.all.count)
        layers.append(feedback, steps: input.steps)
        return input
    }

    private mutating func unroll(_ node: Network<S>.Node) {
        let inputs = node.sources.map(sequence), steps = network.steps(node.axis, unrolling)
        let isLearned = node.layer.hasParameters || inputs.contains { $0.gradient != nil }
        var input = inputs.first
        if inputs.count > 1 {
            let channels = inputs.reduce(0) { $0 + $1.shape.channels }
            let (side, memory) = newSequence(
                inputs[0].shape.with(channels: channels), steps: steps, needsGradient: isLearned)
            sideMemory.append(memory)
            layers.append(UnrolledConcatenation(inputs, output: side), steps: steps)
            input = side
        }
        let (output, memory) =
            context.use == .training && network.sharesGradient(outputs.count)
            ? newSequence(sharingGradientOf: input!)
            : newSequence(node.layer.outputShape, steps: steps, needsGradient: isLearned)
        layers.append(unrolled(node, input: input, output: output), steps: steps)
        outputs.append(output)
        outputMemory.append(memory)
    }

    /// A ConvLSTM layer alone may read nothing, and start from the state of another.
    private mutating func unrolled(
        _ node: Network<S>.Node, input: FeatureSequence<S>?, output: FeatureSequence<S>
    ) -> any UnrolledLayer<S> {
        guard let cell = node.layer as? ConvLSTMLayer<S> else {
            return node.layer.unrolled(input: input!, output: output, context: context)
        }
        let unrolled = cell.unrolled(
            input: input, output: output, start: node.start.flatMap { cells[$0] }, context: context)
        cells[outputs.count] = unrolled
        return unrolled
    }

    private func sequence(_ source: Network<S>.Source) -> FeatureSequence<S> {
        switch source {
        case .frames: encoderInput
        case .forecasterInput: forecasterInput!
        case .node(let index): outputs[index]
        }
    }

    private mutating func newSequence(
        _ shape: FeatureShape, steps: Int, needsGradient: Bool
    ) -> (FeatureSequence<S>, memory: Tensor<S>) {
        let new = memory.sequence(shape, steps: steps, batch: frames.batch, needsGradient: needsGradient)
        sequences.append(new.sequence)
        return new
    }

    private mutating func newSequence(
        sharingGradientOf input: FeatureSequence<S>
    ) -> (FeatureSequence<S>, memory: Tensor<S>) {
        let new = FeatureSequence(sharingGradientOf: input)
        sequences.append(new)
        return (new, new.values)
    }
}
