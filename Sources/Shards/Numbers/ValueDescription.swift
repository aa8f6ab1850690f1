// The meaning of the numbers that a data set stores. The choice: the numbers stay as the source has them, and one
// description leads from each of them to a value in a unit, or to a missing pixel, which is NaN from there on.

/// What stored numbers mean: value = stored * scale + offset, in a unit.
package struct ValueDescription: Codable, Equatable, Sendable {
    /// The stored number of pixels that were not observed; nil if there are none, or if they are NaN.
    package var missing: Double?

    /// The stored number of observed pixels without an echo, and the value that it stands for; nil if there is none.
    ///
    /// Source: `undetect` of the OPERA Data Information Model (ODIM), which is dry and not missing.
    package var undetected: Undetected?

    package var scale = 1.0
    package var offset = 0.0

    /// The unit of the values, such as "mm/h", "mm" or "dBZ"; nil if it is not known.
    package var unit: String?

    /// What else the source says of its grid, such as its projection, by the source's own names.
    package var attributes: [String: String] = [:]

    package init() {}

    /// A stored number that stands for a value of its own.
    package struct Undetected: Codable, Equatable, Sendable {
        package var stored: Double
        package var value: Double

        package init(stored: Double, value: Double) { (self.stored, self.value) = (stored, value) }
    }

    /// The value of a stored number, in the unit; NaN if it is missing.
    package func value(of stored: Double) -> Double {
        if stored == missing { return .nan }
        if let undetected, stored == undetected.stored { return undetected.value }
        return stored * scale + offset
    }
}
