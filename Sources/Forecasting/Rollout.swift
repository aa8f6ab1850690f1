// Forecasts of any length. The choice: a network unrolls over as many frames as are wanted and reads its own forecasts
// where the given frames end.

import Kernels
import Model

/// A network unrolled over a batch, to forecast more or fewer frames than it was trained for.
package final class Rollout {
    private let weights: PreparedNetwork<Float>
    private let unrolled: UnrolledNetwork<Float>

    /// - Parameters:
    ///   - weights: the trained network.
    ///   - inputFrames: the frames that it is given, as many as in training or not.
    ///   - frames: the frames to forecast.
    ///   - forecastOffset: the frame that the first output stands for; see `SequenceDescription.firstForecast`.
    package init(
        _ weights: PreparedNetwork<Float>, batch: Int, inputFrames: Int, frames: Int, forecastOffset: Int
    ) throws(ModelError) {
        let network = weights.network
        self.weights = weights
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

    package func forward() { unrolled.forward(weights) }
}
