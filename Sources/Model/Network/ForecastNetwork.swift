// A network over a batch of sequences that only forecasts. The choice: a type of its own, which has no backward pass and
// no outputs of inner layers, because their memory is reused as soon as the last layer has read them.

import Kernels

/// The memory of one batch for forecasts, reused for every batch of that size.
package final class ForecastNetwork<S: Scalar> {
    private let pass: ForwardPass<S>

    /// - Parameter network: one for training does as well; one for forecasts takes less memory.
    package init(_ network: Network<S>, batch: Int, _ unrolling: Unrolling) throws(ModelError) {
        let context = UnrollingContext(network.statistics, for: .forecasts, movesAverages: false, sum: { _ in })
        pass = try ForwardPass(network, batch: batch, unrolling, context)
    }

    package var batch: Int { pass.frames.batch }

    package var unrolling: Unrolling { pass.unrolling }

    /// The frames that the network is given: (input frames, batch, height, width, channels). Write them before
    /// `forward`.
    package var input: Tensor<S> { pass.frames.values[0..<unrolling.inputFrames] }

    /// The predicted frames: (output frames, batch, height, width, channels).
    package var output: Tensor<S> { pass.output }

    /// Computes the output from the input. After the given frames the network reads its own.
    package func forward(_ weights: PreparedNetwork<S>) { pass.forward(weights) }
}
