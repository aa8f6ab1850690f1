// What stored numbers mean, as a person gives it. The choice: each part takes the place of what the source says, and parts that
// are not given stay as the source has them.

/// The parts of a description of values that a person gives; nil for those that she does not.
package struct GivenMeaning: Equatable, Sendable {
    /// The stored number of missing pixels; NaN for floats of which NaN is missing.
    package var missing: Double?
    package var scale: Double?, offset: Double?
    package var unit: String?

    package init(missing: Double? = nil, scale: Double? = nil, offset: Double? = nil, unit: String? = nil) {
        (self.missing, self.scale, self.offset, self.unit) = (missing, scale, offset, unit)
    }

    /// What the numbers of a source mean; nil if neither the source nor a person says anything.
    ///
    /// Throws `ShardError` that names the source for what its numbers cannot mean.
    ///
    /// - Parameter step: the seconds from a frame of the source to the next; nil if they are not known.
    package func applied(
        to own: ValueDescription?, storedAs type: ElementType, step: Int? = nil, in name: String
    ) throws(ShardError) -> ValueDescription? {
        guard own != nil || self != GivenMeaning() else { return nil }
        var made = own ?? ValueDescription()
        if let missing {
            guard !missing.isNaN || type.isFloat else {
                throw ShardError("\(name) holds \(type.rawValue), which has no NaN; give the number that is missing")
            }
            made.missing = missing
        }
        if let unit, let own = made.unit, scale == nil, offset == nil {
            guard let converted = made.converted(to: unit, step: step.map(Double.init)) else {
                let without = own == "mm" && unit == "mm/h" && step == nil ? ", or the step with --times" : ""
                throw ShardError(
                    "\(name) holds values in \(own), and how they become \(unit) is not known; give --scale and --offset, "
                        + "too\(without)")
            }
            made = converted
        }
        made.scale = scale ?? made.scale
        made.offset = offset ?? made.offset
        made.unit = unit ?? made.unit
        made.missing = made.missing.flatMap { type.nearest($0) }
        if let problem = made.problem(storedAs: type) {
            throw ShardError(
                "\(name) holds \(type.rawValue), and \(problem); give another --missing, --scale, --offset or --unit")
        }
        return made
    }
}

extension ElementType {
    /// The number as floats of this type store it; nil for NaN, which is always missing.
    fileprivate func nearest(_ number: Double) -> Double? {
        switch self {
        case _ where number.isNaN: nil
        case .float16: Double(Float16(number))
        case .float32: Double(Float(number))
        default: number
        }
    }
}
