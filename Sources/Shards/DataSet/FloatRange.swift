// The smallest and largest of many values, for writing data sets and for verifying them.

enum FloatRange {
    /// The range of the values; nil if there are none, or if one is not finite.
    static func of(_ numbers: UnsafeBufferPointer<Float>) -> ClosedRange<Float>? {
        var lowest = Float.infinity, highest = -Float.infinity, isFinite = true
        for number in numbers {
            lowest = min(lowest, number)
            highest = max(highest, number)
            isFinite = isFinite && number.isFinite
        }
        return isFinite && lowest <= highest ? lowest...highest : nil
    }
}

extension ClosedRange<Float> {
    /// The smallest range that contains both ranges.
    func joined(_ other: ClosedRange<Float>) -> ClosedRange<Float> {
        Swift.min(lowerBound, other.lowerBound)...Swift.max(upperBound, other.upperBound)
    }
}
