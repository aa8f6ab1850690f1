// What `predict` continues: an array, the newest frames of an archive, or a sequence of a data set. The choice: all three give
// pasts in values of the data, and say what is known of their frames, so that forecasting knows none of them.

import Configuration
import DataLoading
import Foundation
import Model
import Shards

/// Frames to continue.
package enum ForecastSource: Sendable {
    /// - Parameter unit: the unit that its values are taken to be in.
    case array(InputArray, path: String, unit: String?)
    case newest(NewestFrames)
    case sequence(DataSet, number: Int)

    /// What they are.
    package var frames: ForecastFrames {
        switch self {
        case .array(let array, let path, let unit): ForecastFrames(name: path, frame: array.frame, unit: unit)
        case .newest(let it):
            ForecastFrames(
                name: it.name, frame: FeatureShape(height: it.height, width: it.width, channels: it.channels),
                unit: it.description?.unit)
        case .sequence(let data, _): data.forecastFrames
        }
    }

    /// The number of sequences; nil for one without a batch axis.
    package var batch: Int? {
        if case .array(let array, _, _) = self { array.batch } else { nil }
    }

    /// What is said of the values.
    package var description: ValueDescription {
        var description: ValueDescription?
        switch self {
        case .array: break
        case .newest(let it): description = it.description
        case .sequence(let data, _): description = (data.source as? ShardSet)?.manifest.values
        }
        var found = description ?? ValueDescription()
        found.unit = frames.unit
        return found
    }

    /// The seconds from a frame to the next; nil if they are not known.
    package var timeStep: Double? {
        switch self {
        case .array: nil
        case .newest(let it): it.timeStep
        case .sequence(let data, _): data.source.timeStep
        }
    }

    private var firstTime: Date? {
        switch self {
        case .array: nil
        case .newest(let it): it.firstTime
        case .sequence(let data, let number): data.source.firstTime(ofSequence: number)
        }
    }

    /// The frames that a network sees of each sequence, without forecasts yet, and the truth as far as it is known.
    ///
    /// - Parameters:
    ///   - seen: the number of frames that the network sees.
    ///   - forecast: the number of frames that it forecasts.
    package func pasts(seen: Int, forecast: Int) throws -> [Prediction] {
        switch self {
        case .array(let array, _, _):
            return try (0..<(array.batch ?? 1)).map {
                Prediction(input: try array.past(of: $0, count: seen), forecast: [])
            }
        case .newest(let it): return [Prediction(input: it.values, forecast: [], firstTime: firstTime)]
        case .sequence(let data, let number):
            let pixels = frames.frame.count, values = try data.source.sequence(number)
            let visible = try data.source.inputs?.sequence(number) ?? values
            let future = values[(seen * pixels)...].prefix(forecast * pixels)
            return [
                Prediction(
                    input: Array(visible[..<(seen * pixels)]), truth: future.isEmpty ? nil : Array(future),
                    forecast: [],
                    firstTime: firstTime)
            ]
        }
    }
}
