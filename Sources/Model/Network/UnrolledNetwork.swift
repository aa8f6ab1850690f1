// A network over a batch of sequences: everything that the forward pass leaves behind for the backward pass, laid out
// once and used for every batch of that size.
//
// Layers run one after the other over all their steps, so that a whole sequence is one large product. Where a network
// reads what it gives, the layers between the two run together, as many steps at a time as are known.

import Kernels

/// The memory of one batch, and the two passes over it.
package final class UnrolledNetwork<S: Scalar> {
    /// Sequences; may be none, where other lanes have some.
    package let batch: Int

    package let unrolling: Unrolling

    /// For each frame after the input that the network reads, and each sequence of the batch, whether it reads the true
    /// frame, from `input`, or the one that it gave itself. Row-major, (`framesFed`, batch); at first all false.
    ///
    /// All true is teacher forcing, for which nothing has to wait for an output.
    package var readsTrueFrames: [Bool] {
        get { feedback?.readsTrueFrames ?? [] }
        set { feedback?.readsTrueFrames = newValue }
    }

    private let network: Network<S>
    private let frames: FeatureSequence<S>
    private let context: UnrollingContext<S>
    private let feedback: FrameFeedback<S>?
    private let sequences: [FeatureSequence<S>]
    private let outputs: [String: FeatureSequence<S>]
    private let layers: UnrolledLayers<S>
    private var isForced = true

    /// - Parameters:
    ///   - movesAverages: whether training passes move the network's moving averages; of the lanes that share it, one
    ///     does.
    ///   - sum: adds up numbers over all lanes, for batch normalization.
    package init(
        _ network: Network<S>, batch: Int, _ unrolling: Unrolling, movesAverages: Bool = true,
        sum: @escaping (inout [Double]) -> Void = { _ in }
    ) throws(ModelError) {
        try network.check(unrolling)
        (self.network, self.batch, self.unrolling) = (network, batch, unrolling)
        context = UnrollingContext(network.statistics, movesAverages: movesAverages, sum: sum)
        frames = FeatureSequence(
            network.frame, steps: network.framesRead(unrolling), batch: batch, needsGradient: false)
        var building = Unroller(network, unrolling, frames, context)
        building.unroll()
        (layers, sequences, feedback) = (building.layers, building.sequences, building.frameFeedback)
        outputs = Dictionary(uniqueKeysWithValues: zip(network.nodes.map(\.name), building.outputs))
    }

    /// (frames, batch, height, width, channels): write it before `forward`. First the input frames, then those that
    /// `readsTrueFrames` asks for.
    package var input: Tensor<S> { frames.values }

    /// Frames after the input that the network reads.
    package var framesFed: Int { frames.steps - unrolling.inputFrames }

    /// (output frames, batch, height, width, channels).
    package var output: Tensor<S> { sequences.last!.values }

    /// What the layer of a name gave in the last `forward`: (its steps, batch, height, width, channels).
    package func output(of layer: String) -> Tensor<S>? { outputs[layer]?.values }

    /// In the shape of `output`: write it before `backward`.
    package var outputGradient: Tensor<S> {
        guard let gradient = sequences.last!.gradient else { preconditionFailure("a network that learns nothing") }
        return gradient
    }

    /// Computes the output from the input.
    ///
    /// - Parameters:
    ///   - weights: the weights that the network was prepared with last; backward uses them too.
    ///   - isTraining: whether batch normalization uses, and learns, the statistics of this batch.
    package func forward(_ weights: PreparedNetwork<S>, isTraining: Bool = false) {
        weights.requireCurrent(for: network)
        context.isTraining = isTraining
        isForced = readsTrueFrames.allSatisfy { $0 }
        for run in layers.runs(isForced: isForced) { run.unrolled.forward(run.steps) }
    }

    /// Adds the parameters' gradient from the output's, after one `forward`.
    package func backward(accumulatingInto gradient: ParameterVector<S>) {
        for gradient in sequences.dropLast().compactMap(\.gradient) where !gradient.isSame(as: outputGradient) {
            gradient.fill(0)
        }
        for (unrolled, _) in layers.all { unrolled.clearGradients() }
        for run in layers.runs(isForced: isForced).reversed() {
            run.unrolled.backward(run.steps)
            if run.steps.lowerBound == 0 { run.unrolled.addParameterGradients(to: gradient) }
        }
    }
}
