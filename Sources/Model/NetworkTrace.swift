// A network over a batch of sequences: everything that the forward pass leaves behind for the backward pass, laid out
// once and used for every batch of that size.

import Kernels

/// The memory of one batch, and the two passes over it.
package final class NetworkTrace<S: Scalar> {
    /// Sequences.
    package let batch: Int

    private let frames: FeatureSequence<S>
    private let sequences: [FeatureSequence<S>]
    private let stages: [(stage: any UnrolledStage<S>, steps: Int)]

    /// - Parameters:
    ///   - outputFrames: how many frames to forecast; `inputFrames` where the network gives one output per input.
    package init(_ network: Network<S>, batch: Int, inputFrames: Int, outputFrames: Int) throws(ModelError) {
        guard batch > 0, inputFrames > 0, outputFrames > 0 else {
            throw ModelError("a batch of \(batch) sequences, \(inputFrames) frames to \(outputFrames); all must be at least 1")
        }
        guard !network.givesOneOutputPerInput || inputFrames == outputFrames else {
            throw ModelError(
                "this network gives one output frame per input frame: \(inputFrames) to \(outputFrames) is not possible")
        }
        self.batch = batch
        frames = FeatureSequence(network.frame, steps: inputFrames, batch: batch, needsGradient: false)
        (stages, sequences) = Self.unroll(network, frames, outputFrames: outputFrames)
    }

    /// (input frames, batch, height, width, channels): write it before `forward`.
    package var input: Tensor<S> { frames.values }

    /// (output frames, batch, height, width, channels).
    package var output: Tensor<S> { sequences.last!.values }

    /// In the shape of `output`: write it before `backward`.
    package var outputGradient: Tensor<S> {
        guard let gradient = sequences.last!.gradient else { preconditionFailure("a network that learns nothing") }
        return gradient
    }

    /// Output from input, with the parameters that the network was last prepared with.
    package func forward() {
        for (stage, steps) in stages { stage.forward(0..<steps) }
    }

    /// Adds the parameters' gradient from the output's, after one `forward`.
    package func backward(accumulatingInto gradient: ParameterVector<S>) {
        for sequence in sequences.dropLast() { sequence.gradient?.fill(0) }
        for (stage, _) in stages { stage.clearGradients() }
        for (stage, steps) in stages.reversed() {
            stage.backward(0..<steps)
            stage.addParameterGradients(to: gradient)
        }
    }

    private static func unroll(
        _ network: Network<S>, _ frames: FeatureSequence<S>, outputFrames: Int
    ) -> ([(any UnrolledStage<S>, Int)], [FeatureSequence<S>]) {
        let workspace = PatchWorkspace<S>()
        var stages: [(any UnrolledStage<S>, Int)] = [], sequences: [FeatureSequence<S>] = []
        var outputs: [FeatureSequence<S>] = [], unrolled: [any UnrolledStage<S>] = []
        for node in network.nodes {
            let steps = node.axis == .input ? frames.steps : outputFrames
            func sequence(_ shape: FeatureShape) -> FeatureSequence<S> {
                let new = FeatureSequence<S>(shape, steps: steps, batch: frames.batch, needsGradient: node.isLearned)
                sequences.append(new)
                return new
            }
            let inputs = node.sources.map { source in
                if case .node(let index) = source { outputs[index] } else { frames }
            }
            var input = inputs.first
            if inputs.count > 1 {
                let side = sequence(inputs[0].shape.with(channels: inputs.reduce(0) { $0 + $1.shape.channels }))
                stages.append((UnrolledConcatenation(inputs, output: side), steps))
                input = side
            }
            let output = sequence(node.stage.outputShape)
            let stage = node.stage.unrolled(
                input: input, output: output, start: node.start.map { unrolled[$0] }, workspace: workspace)
            stages.append((stage, steps))
            outputs.append(output)
            unrolled.append(stage)
        }
        return (stages, sequences)
    }
}
