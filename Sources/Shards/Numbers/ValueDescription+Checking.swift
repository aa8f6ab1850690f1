// Whether a description of values is possible, for a given type of stored numbers.

extension ValueDescription {
    /// The longest unit, in bytes.
    private static let longestUnit = 100

    /// What is impossible about the description, as a clause that begins with the name of the entry; nil if nothing is.
    func problem(storedAs type: ElementType) -> String? {
        if !scale.isFinite || scale == 0 { return "scale is \(scale)" }
        if !offset.isFinite { return "offset is \(offset)" }
        if let missing, !type.holds(missing) { return "missing is \(missing), which \(type.rawValue) does not hold" }
        if let undetected {
            guard type.holds(undetected.stored) else {
                return "undetected.stored is \(undetected.stored), which \(type.rawValue) does not hold"
            }
            guard undetected.value.isFinite else { return "undetected.value is \(undetected.value)" }
            if undetected.stored == missing { return "undetected.stored is \(undetected.stored), as missing is" }
        }
        if let unit {
            let isPlain = unit.unicodeScalars.allSatisfy { $0.value >= 32 && $0.value != 127 }
            guard isPlain, !unit.isEmpty, unit.utf8.count <= Self.longestUnit else {
                return "unit is not a text of 1 to \(Self.longestUnit) bytes"
            }
        }
        return nil
    }

    /// Whether numbers mean the same, whatever else is known of the grid.
    package func meansSame(as other: ValueDescription) -> Bool {
        (missing, scale, offset) == (other.missing, other.scale, other.offset)
            && undetected == other.undetected && unit == other.unit
    }

    /// Whether two sources say the same of what their numbers mean, or nothing.
    static func areAlike(_ one: ValueDescription?, _ other: ValueDescription?) -> Bool {
        one.map { one in other.map(one.meansSame) ?? false } ?? (other == nil)
    }

    /// What numbers mean, such as "stored * 0.5 - 32.0 dBZ, 255 missing".
    package var inWords: String {
        let sign = offset < 0 ? "-" : "+"
        let value = scale == 1 && offset == 0 ? "as stored" : "stored * \(scale) \(sign) \(abs(offset))"
        let parts = [
            value + (unit.map { " " + $0 } ?? ""), missing.map { "\(Self.short($0)) is missing" },
            undetected.map { "\(Self.short($0.stored)) is \($0.value)" },
        ]
        return parts.compactMap { $0 }.joined(separator: ", ")
    }

    /// A number without a fraction of zero.
    private static func short(_ number: Double) -> String { Int(exactly: number).map(String.init) ?? "\(number)" }
}
