// The map between the values of a data set and those that a network computes with, and its inverse.

import Configuration
import Kernels
import Shards

/// The map from the values of a data set to [0, maxValue]: by the model's transform, otherwise linear from the data's range.
package struct ValueScale: Sendable, Equatable {
    private enum Map: Equatable {
        case range(ClosedRange<Float>)
        case transform(ValueTransform)
    }

    private let map: Map
    private let maxValue: Float

    /// The network's value of a missing input pixel.
    private let fill: Float

    /// The linear map from a range.
    package init(_ range: ClosedRange<Float>, maxValue: Double) {
        (map, self.maxValue, fill) = (.range(range), Float(maxValue), 0)
    }

    /// The map that a system describes for data of a range and a unit.
    ///
    /// Throws a usage error about a transform that makes no sense for values in this unit.
    ///
    /// - Parameter name: the data, for messages.
    package init(
        _ range: ClosedRange<Float>, unit: String?, of name: String, for frames: SequenceDescription
    ) throws(TrainingError) {
        if let transform = frames.transform {
            map = .transform(try ValueTransform(transform, unit: unit, of: name))
        } else {
            map = .range(range)
        }
        maxValue = Float(frames.maxValue)
        fill = frames.fill.map { [map, maxValue] in Self.scaled(Float($0), map, maxValue) } ?? 0
    }

    /// Maps values of the data to network inputs; missing ones, which are NaN, become the value that stands for them.
    package func scaleInput(_ values: Span<Float>, into scaled: inout MutableSpan<Float>) {
        scale(values, into: &scaled, missing: fill)
    }

    /// Maps values of the data to the network's targets; missing ones stay NaN.
    package func scaleTarget(_ values: Span<Float>, into scaled: inout MutableSpan<Float>) {
        scale(values, into: &scaled, missing: .nan)
    }

    private func scale(_ values: Span<Float>, into scaled: inout MutableSpan<Float>, missing: Float) {
        precondition(values.count == scaled.count, "\(values.count) numbers for \(scaled.count)")
        switch map {
        case .range(let range):
            let (lowest, factor) = (range.lowerBound, Self.factor(range, maxValue))
            for i in values.indices { scaled[i] = values[i].isNaN ? missing : (values[i] - lowest) * factor }
        case .transform(let transform):
            for i in values.indices {
                scaled[i] = values[i].isNaN ? missing : Float(transform.scaled(Double(values[i]))) * maxValue
            }
        }
    }

    /// Maps network outputs back to values of the data.
    package func restore(_ outputs: Span<Float>, into values: inout MutableSpan<Float>) {
        precondition(values.count == outputs.count, "\(outputs.count) numbers for \(values.count)")
        switch map {
        case .range(let range):
            let (lowest, factor) = (range.lowerBound, Self.factor(range, maxValue))
            for i in outputs.indices { values[i] = outputs[i] / factor + lowest }
        case .transform(let transform):
            for i in outputs.indices { values[i] = Float(transform.restored(Double(outputs[i] / maxValue))) }
        }
    }

    /// The network's value of a threshold of rain: in mm/h where the transform is dBZ, otherwise in the unit of the data.
    package func scaled(threshold: Double) -> Double {
        switch map {
        case .range: Double(Self.scaled(Float(threshold), map, maxValue))
        case .transform(let transform): transform.scaled(threshold: threshold) * Double(maxValue)
        }
    }

    /// The number of values that the model's transform clips; 0 without one.
    package func clipped(_ values: [Float]) -> Int {
        guard case .transform(let transform) = map else { return 0 }
        return values.count { transform.clips(Double($0)) }
    }

    private static func scaled(_ value: Float, _ map: Map, _ maxValue: Float) -> Float {
        switch map {
        case .range(let range): (value - range.lowerBound) * factor(range, maxValue)
        case .transform(let transform): Float(transform.scaled(Double(value))) * maxValue
        }
    }

    /// The scale factor of a range. One of a single value has no width to scale by.
    private static func factor(_ range: ClosedRange<Float>, _ maxValue: Float) -> Float {
        range.upperBound > range.lowerBound ? maxValue / (range.upperBound - range.lowerBound) : 1
    }
}
