// A network unrolled over a batch of sequences: all that the forward pass keeps for the backward pass, allocated once
// and reused for every batch of that size.
//
// The choice: layers run one after the other over all their steps, so that a whole sequence is one large product. If
// the network reads its own output, the layers of that cycle run together, as many steps at a time as have known
// inputs.

import Kernels

/// The memory of one batch, and the forward and backward passes over it.
package final class UnrolledNetwork<S: Scalar> {
    /// The number of sequences; it may be 0 if other virtual ranks have some.
    package let batch: Int

    package let unrolling: Unrolling

    /// For each frame that the network reads after the input, and each sequence of the batch, whether it reads the true
    /// frame, from `input`, or its own prediction. Row-major, (`framesFed`, batch); initially all false.
    ///
    /// All true is teacher forcing, in which no step waits for an output.
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
    ///   - movesAverages: whether training passes update the network's moving averages; exactly one of the virtual
    ///     ranks that share the network does.
    ///   - sum: sums each element over all virtual ranks, for batch normalization.
    package init(
        _ network: Network<S>, batch: Int, _ unrolling: Unrolling, movesAverages: Bool = true,
        sum: @escaping (inout [Double]) -> Void = { _ in }
    ) throws(ModelError) {
        try network.check(unrolling)
        (self.network, self.batch, self.unrolling) = (network, batch, unrolling)
        context = UnrollingContext(network.statistics, movesAverages: movesAverages, sum: sum)
        frames = FeatureSequence(
            network.frame, steps: network.framesRead(unrolling), batch: batch, needsGradient: false)
        var building = Unroller(network: network, unrolling: unrolling, frames: frames, context: context)
        building.unroll()
        (layers, sequences, feedback) = (building.layers, building.sequences, building.frameFeedback)
        outputs = Dictionary(uniqueKeysWithValues: zip(network.nodes.map(\.name), building.outputs))
    }

    /// The frames that the network reads, (frames, batch, height, width, channels): first the input frames, then those
    /// that `readsTrueFrames` selects. Write them before `forward`.
    package var input: Tensor<S> { frames.values }

    /// The number of frames that the network reads after the input.
    package var framesFed: Int { frames.steps - unrolling.inputFrames }

    /// The predicted frames: (output frames, batch, height, width, channels).
    package var output: Tensor<S> { sequences.last!.values }

    /// Returns the output of the named layer in the last `forward`: (its steps, batch, height, width, channels).
    package func output(of layer: String) -> Tensor<S>? { outputs[layer]?.values }

    /// The gradient of the loss in the shape of `output`. Write it before `backward`.
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

    /// Adds the gradient of the parameters, given the gradient of the output. Call it after `forward`, once.
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
