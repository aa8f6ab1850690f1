// Forecasts of any length. The choice: a network unrolls over as many frames as are wanted and reads its own forecasts
// where the given frames end.

import Kernels
import Model

/// A network unrolled over a batch, to forecast more or fewer frames than it was trained for.
package final class Rollout {
    private let unrolled: UnrolledNetwork<Float>

    /// - Parameters:
    ///   - network: prepared with its parameters.
    ///   - inputFrames: to see; any number, as in training or not.
    ///   - frames: to forecast.
    ///   - lead: how far ahead of its input an output is; see `SequenceDescription.lead`.
    package init(
        _ network: Network<Float>, batch: Int, inputFrames: Int, frames: Int, forecastOffset: Int
    ) throws(ModelError) {
        unrolled = try UnrolledNetwork(
            network, batch: batch,
            Unrolling(network, inputFrames: inputFrames, forecasting: frames, forecastOffset: forecastOffset))
        self.frames = frames
    }

    private let frames: Int

    package var batch: Int { unrolled.batch }

    /// (input frames, batch, height, width, channels): write it before `forward`.
    package var input: Tensor<Float> { unrolled.input[0..<unrolled.unrolling.inputFrames] }

    /// (frames, batch, height, width, channels): what `forward` forecasts.
    package var output: Tensor<Float> {
        let first = unrolled.unrolling.forecasts.lowerBound
        return unrolled.output[first..<first + frames]
    }

    package func forward() { unrolled.forward() }
}
