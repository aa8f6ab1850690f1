// The smallest and the largest of many numbers, for writers and for those who check what was written.

enum FloatRange {
    /// Nil for no numbers, and where one is not finite.
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
    /// The smallest range that holds both.
    func joined(_ other: ClosedRange<Float>) -> ClosedRange<Float> {
        Swift.min(lowerBound, other.lowerBound)...Swift.max(upperBound, other.upperBound)
    }
}
