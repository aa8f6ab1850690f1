// The linear map between raw values and the values that a network computes with, and its inverse.

import Kernels

/// The linear map from a data set's value range to [0, maxValue].
package struct ValueScale: Sendable, Equatable {
    package let range: ClosedRange<Float>
    package let maxValue: Float

    package init(_ range: ClosedRange<Float>, maxValue: Double) {
        (self.range, self.maxValue) = (range, Float(maxValue))
    }

    /// The scale factor. A range of a single value has no width to scale by.
    private var factor: Float {
        range.upperBound > range.lowerBound ? maxValue / (range.upperBound - range.lowerBound) : 1
    }

    /// Maps raw values to network inputs.
    package func scale(_ raw: Span<Float>, into values: inout MutableSpan<Float>) {
        precondition(raw.count == values.count, "\(raw.count) numbers for \(values.count)")
        let (lowest, factor) = (range.lowerBound, factor)
        for i in raw.indices { values[i] = (raw[i] - lowest) * factor }
    }

    /// Maps network outputs back to raw values.
    package func restore(_ values: Span<Float>, into raw: inout MutableSpan<Float>) {
        precondition(raw.count == values.count, "\(values.count) numbers for \(raw.count)")
        let (lowest, factor) = (range.lowerBound, factor)
        for i in values.indices { raw[i] = values[i] / factor + lowest }
    }
}
