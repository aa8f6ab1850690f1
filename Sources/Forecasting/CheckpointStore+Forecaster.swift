// The forecaster of a checkpoint.

import Collectives
import Configuration
import DataLoading
import Distribution
import Kernels
import Model
import Trainer

extension CheckpointStore.Found {
    /// The trained network, ready to forecast `frames` frames. The checkpoint gives its tensors away, and with them the
    /// memory of what only training needs. Collective.
    ///
    /// Throws `FormatError` for weights that are not finite.
    package mutating func takeForecaster(
        frames: Int, on pool: ThreadPool, _ communicator: any Communicator
    ) throws -> Forecaster {
        let model = checkpoint.configuration.model
        let network = try communicator.planned { try checkpoint.network(told: $0, for: .forecasts) }
        try checkpoint.requireFinite(for: network, file: path)
        let weights = try checkpoint.prepare(network, file: path, on: pool)
        checkpoint.releaseTensors()
        return Forecaster(
            weights, inputFrames: model.sequences.inputFrames, frames: frames,
            forecastOffset: model.sequences.firstForecast,
            reversedInput: model.sequences.reversedInput,
            scale: ValueScale(checkpoint.valueRange, maxValue: model.sequences.maxValue))
    }
}
