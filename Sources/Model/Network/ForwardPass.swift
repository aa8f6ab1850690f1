// A network laid out over a batch of sequences, with the memory of all its layers, and its forward pass. The choice:
// training and forecasts run the same layers in the same order; they differ in what is kept.
//
// Layers run one after the other over all their steps, so that a whole sequence is one large product. If the network
// reads its own output, the layers of that cycle run together, as many steps at a time as have known inputs.

import Kernels

/// The layers of a network over a batch.
struct ForwardPass<S: Scalar> {
    let network: Network<S>
    let unrolling: Unrolling
    let context: UnrollingContext<S>

    /// The frames that the network reads.
    let frames: FeatureSequence<S>

    let feedback: FrameFeedback<S>?
    let layers: UnrolledLayers<S>

    /// What layers write, in execution order; the last is the network's output. In a forecast some share memory.
    let sequences: [FeatureSequence<S>]

    /// The output of each node.
    let outputs: [FeatureSequence<S>]

    init(
        _ network: Network<S>, batch: Int, _ unrolling: Unrolling, _ context: UnrollingContext<S>
    ) throws(ModelError) {
        try network.check(unrolling)
        (self.network, self.unrolling, self.context) = (network, unrolling, context)
        frames = FeatureSequence(
            network.inputFrame, steps: network.framesRead(unrolling), batch: batch, needsGradient: false)
        var building = Unroller(network: network, unrolling: unrolling, frames: frames, context: context)
        building.unroll()
        (layers, sequences, feedback) = (building.layers, building.sequences, building.frameFeedback)
        outputs = building.outputs
    }

    var output: Tensor<S> { sequences.last!.values }

    /// Whether every frame is known in advance, so that no step waits for an output.
    var isForced: Bool { feedback?.readsTrueFrames.allSatisfy { $0 } ?? true }

    func forward(_ weights: PreparedNetwork<S>) {
        weights.requireCurrent(for: network)
        for run in layers.runs(isForced: isForced) { run.unrolled.forward(run.steps) }
    }
}
