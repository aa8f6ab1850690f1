// Values in another unit. The choice: the stored numbers stay, and scale and offset lead to the other unit; only what is known
// for certain is converted, the amount of rain within a step to its rate.

extension ValueDescription {
    /// The same numbers in another unit; nil if it is not known how one becomes the other.
    ///
    /// - Parameter step: the seconds within which amounts fell; nil if they are not known.
    package func converted(to unit: String, step: Double?) -> ValueDescription? {
        if self.unit == unit { return self }
        guard self.unit == "mm", unit == "mm/h", let step, step > 0 else { return nil }
        let factor = 3600 / step
        var rate = self
        (rate.scale, rate.offset, rate.unit) = (scale * factor, offset * factor, unit)
        if let undetected {
            rate.undetected = Undetected(stored: undetected.stored, value: undetected.value * factor)
        }
        return rate
    }
}
