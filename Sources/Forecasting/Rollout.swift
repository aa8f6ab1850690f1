// Forecasts of any length. The choice: a network unrolls over as many frames as are wanted and reads its own forecasts
// where the given frames end.

import Kernels
import Model

/// A network unrolled over a batch, to forecast more or fewer frames than it was trained for.
package final class Rollout {
    private let trace: NetworkTrace<Float>

    /// - Parameters:
    ///   - network: prepared with its parameters.
    ///   - inputFrames: to see; any number, as in training or not.
    ///   - frames: to forecast.
    ///   - lead: how far ahead of its input an output is; see `SequenceDescription.lead`.
    package init(_ network: Network<Float>, batch: Int, inputFrames: Int, frames: Int, lead: Int) throws(ModelError) {
        trace = try NetworkTrace(
            network, batch: batch, Unrolling(network, inputFrames: inputFrames, forecasting: frames, lead: lead))
        self.frames = frames
    }

    private let frames: Int

    package var batch: Int { trace.batch }

    /// (input frames, batch, height, width, channels): write it before `forward`.
    package var input: Tensor<Float> { trace.input[0..<trace.unrolling.inputFrames] }

    /// (frames, batch, height, width, channels): what `forward` forecasts.
    package var output: Tensor<Float> {
        let first = trace.unrolling.forecasts.lowerBound
        return trace.output[first..<first + frames]
    }

    package func forward() { trace.forward() }
}
