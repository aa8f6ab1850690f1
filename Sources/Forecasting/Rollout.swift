// Forecasts of any length. The choice: a network is laid out over the requested number of frames, and reads its
// own forecasts after the input frames.

import Kernels
import Model

/// A network laid out over a batch, to forecast more or fewer frames than it was trained for.
package final class Rollout {
    private let weights: PreparedNetwork<Float>
    private let forecast: ForecastNetwork<Float>
    private let frames: Int

    /// - Parameters:
    ///   - weights: the trained network.
    ///   - inputFrames: the number of given frames, which may differ from training.
    ///   - frames: the number of frames to forecast.
    ///   - forecastOffset: the frame that the first output stands for; see `SequenceDescription.firstForecast`.
    package init(
        _ weights: PreparedNetwork<Float>, batch: Int, inputFrames: Int, frames: Int, forecastOffset: Int
    ) throws(ModelError) {
        let network = weights.network
        (self.weights, self.frames) = (weights, frames)
        forecast = try ForecastNetwork(
            network, batch: batch,
            Unrolling(network, inputFrames: inputFrames, forecasting: frames, forecastOffset: forecastOffset))
    }

    package var batch: Int { forecast.batch }

    /// (input frames, batch, height, width, channels): to be written before `forward`.
    package var input: Tensor<Float> { forecast.input }

    /// (frames, batch, height, width, channels): the forecasts of `forward`.
    package var output: Tensor<Float> {
        let first = forecast.unrolling.forecasts.lowerBound
        return forecast.output[first..<first + frames]
    }

    package func forward() { forecast.forward(weights) }
}
