// The forecaster of a checkpoint, for the data that it is asked about.

import Collectives
import Configuration
import DataLoading
import Distribution
import Kernels
import Model
import Shards
import Trainer

/// The frames that a forecaster is asked about.
package struct ForecastFrames: Sendable {
    /// The data, for messages.
    package let name: String

    package let frame: FeatureShape

    /// The unit of the values; nil if it is not known.
    package let unit: String?

    package init(name: String, frame: FeatureShape, unit: String?) {
        (self.name, self.frame, self.unit) = (name, frame, unit)
    }
}

extension DataSet {
    /// Its frames, to forecast.
    package var forecastFrames: ForecastFrames { ForecastFrames(name: name, frame: frame, unit: source.unit) }
}

extension CheckpointStore.Found {
    /// The trained network, ready to forecast `frames` frames of some data. The checkpoint gives its tensors away, and
    /// with them the memory of what only training needs. Collective.
    ///
    /// Throws `FormatError` for weights that are not finite, and a usage error for data that the network cannot see.
    package mutating func takeForecaster(
        frames: Int, of data: ForecastFrames, on pool: ThreadPool, _ communicator: any Communicator
    ) throws -> Forecaster {
        try checkpoint.requireUnit(of: data)
        let model = checkpoint.configuration.model, size = try checkpoint.frame(toSee: data)
        let scale = try ValueScale(checkpoint.valueRange, unit: data.unit, of: data.name, for: model.sequences)
        let network = try communicator.planned { try checkpoint.network(frame: size, told: $0, for: .forecasts) }
        try checkpoint.requireFinite(for: network, file: path)
        let weights = try checkpoint.prepare(network, file: path, on: pool)
        checkpoint.releaseTensors()
        return Forecaster(
            weights, inputFrames: model.sequences.inputFrames, frames: frames,
            forecastOffset: model.sequences.firstForecast,
            reversedInput: model.sequences.reversedInput, scale: scale, frame: data.frame)
    }
}

extension Checkpoint {
    /// Throws a usage error for values in another unit than the network was trained on, unless its transform knows both.
    fileprivate func requireUnit(of data: ForecastFrames) throws(TrainingError) {
        guard configuration.model.sequences.transform == nil, let own = unit, let other = data.unit, own != other else {
            return
        }
        throw .usage(
            "\(data.name) holds values in \(other), and the checkpoint was trained on values in \(own); split the data with --unit "
                + "\(own)")
    }

    /// The size of the frames of a network that sees frames of the data: a network that was trained on crops sees whole
    /// frames, padded to what its layers can halve.
    ///
    /// Throws a usage error for frames that it cannot see.
    fileprivate func frame(toSee data: ForecastFrames) throws(TrainingError) -> FeatureShape {
        let frames = configuration.model.sequences, network = configuration.model.network
        guard frames.crop != nil, data.frame.channels == frame.channels else {
            let fits = data.frame.height <= frame.height && data.frame.width <= frame.width
            guard data.frame == frame || frames.padTo != nil && fits && data.frame.channels == frame.channels else {
                throw .usage(
                    "\(data.name) has frames of \(data.frame) and the checkpoint was trained on \(frame); give frames of that "
                        + "size")
            }
            return frame
        }
        let step = network.largestStride
        func padded(_ side: Int) -> Int { (side + step - 1) / step * step }
        let size = FeatureShape(
            height: padded(data.frame.height), width: padded(data.frame.width), channels: frame.channels)
        guard size == frame || !network.hasPeepholesPerPosition else {
            throw .usage(
                "\(data.name) has frames of \(data.frame), and the checkpoint's network has a peephole for each position of "
                    + "\(frame); give frames of that size, or train one whose peepholes are perChannel")
        }
        return size
    }
}
