// A network unrolled over a batch of sequences for training: all that the forward pass keeps for the backward pass,
// allocated once and reused for every batch of that size.

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
        get { pass.feedback?.readsTrueFrames ?? [] }
        set { pass.feedback?.readsTrueFrames = newValue }
    }

    private let pass: ForwardPass<S>
    private let names: [String]
    private var isForced = true

    /// - Parameters:
    ///   - network: one built for training.
    ///   - movesAverages: whether training passes update the network's moving averages; exactly one of the virtual
    ///     ranks that share the network does.
    ///   - sum: sums each element over all virtual ranks, for batch normalization.
    package init(
        _ network: Network<S>, batch: Int, _ unrolling: Unrolling, movesAverages: Bool = true,
        sum: @escaping (inout [Double]) -> Void = { _ in }
    ) throws(ModelError) {
        precondition(network.use == .training, "training with a network that was built for forecasts")
        (self.batch, self.unrolling) = (batch, unrolling)
        let context = UnrollingContext(network.statistics, movesAverages: movesAverages, sum: sum)
        pass = try ForwardPass(network, batch: batch, unrolling, context)
        names = network.layerNames
    }

    /// The frames that the network reads, (frames, batch, height, width, channels): first the input frames, then those
    /// that `readsTrueFrames` selects. Write them before `forward`.
    package var input: Tensor<S> { pass.frames.values }

    /// The number of frames that the network reads after the input.
    package var framesFed: Int { pass.frames.steps - unrolling.inputFrames }

    /// The predicted frames: (output frames, batch, height, width, channels).
    package var output: Tensor<S> { pass.output }

    /// Returns the output of the named layer in the last `forward`: (its steps, batch, height, width, channels).
    package func output(of layer: String) -> Tensor<S>? {
        names.firstIndex(of: layer).map { pass.outputs[$0].values }
    }

    /// The gradient of the loss in the shape of `output`. Write it before `backward`.
    package var outputGradient: Tensor<S> {
        guard let gradient = pass.sequences.last!.gradient else {
            preconditionFailure("a network that learns nothing")
        }
        return gradient
    }

    /// Computes the output from the input.
    ///
    /// - Parameters:
    ///   - weights: the weights that the network was prepared with last; backward uses them too.
    ///   - isTraining: whether batch normalization uses, and learns, the statistics of this batch.
    package func forward(_ weights: PreparedNetwork<S>, isTraining: Bool = false) {
        pass.context.isTraining = isTraining
        isForced = pass.isForced
        pass.forward(weights)
    }

    /// Adds the gradient of the parameters, given the gradient of the output. Call it after `forward`, once.
    package func backward(accumulatingInto gradient: ParameterVector<S>) {
        for gradient in pass.sequences.dropLast().compactMap(\.gradient) where !gradient.isSame(as: outputGradient) {
            gradient.fill(0)
        }
        for (unrolled, _) in pass.layers.all { unrolled.clearGradients() }
        for run in pass.layers.runs(isForced: isForced).reversed() {
            run.unrolled.backward(run.steps)
            if run.steps.lowerBound == 0 { run.unrolled.addParameterGradients(to: gradient) }
        }
    }
}
