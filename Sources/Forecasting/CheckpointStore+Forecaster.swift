// The forecaster of a checkpoint.

import Configuration
import DataLoading
import Trainer

extension CheckpointStore.Found {
    /// The trained network, ready to forecast `frames` frames.
    ///
    /// Throws `FormatError` for weights that are not finite.
    package func forecaster(frames: Int) throws -> Forecaster {
        let network = try checkpoint.network(), model = checkpoint.configuration.model
        try checkpoint.requireFinite(for: network, file: path)
        return Forecaster(
            try checkpoint.prepare(network, file: path), inputFrames: model.sequences.inputFrames, frames: frames,
            forecastOffset: model.sequences.firstForecast,
            reversedInput: model.sequences.reversedInput,
            scale: ValueScale(checkpoint.valueRange, maxValue: model.sequences.maxValue))
    }
}
