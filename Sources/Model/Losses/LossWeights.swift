// The weight of a pixel in the loss, which makes rare heavy rain count. The choice: a step function of the truth, so that
// one form holds the published weights and those that a person tries.

/// The weights of pixels: those whose truth has reached k thresholds have weight `values[k]`.
package struct LossWeights: Codable, Sendable, Equatable {
    /// Ascending, in the unit of the data, or in mm/h where frames are transformed to dBZ.
    package var thresholds: [Double]

    /// One more than there are thresholds.
    package var values: [Double]

    package init(thresholds: [Double], values: [Double]) { (self.thresholds, self.values) = (thresholds, values) }

    /// The weights 1, 2, 5, 10 and 30 of rain below 2, 5, 10 and 30 mm/h, and above.
    ///
    /// Source: Shi et al., "Deep Learning for Precipitation Nowcasting", NIPS 2017, section 3.3.
    package static let hko7 = LossWeights(thresholds: [2, 5, 10, 30], values: [1, 2, 5, 10, 30])

    /// What makes these no weights, in words; nil if nothing does.
    package var problem: String? {
        guard values.count == thresholds.count + 1 else {
            return "has \(thresholds.count) thresholds and \(values.count) values; give one value more than thresholds"
        }
        guard thresholds.allSatisfy(\.isFinite), zip(thresholds, thresholds.dropFirst()).allSatisfy(<) else {
            return "has thresholds that do not ascend"
        }
        return values.allSatisfy { $0.isFinite && $0 >= 0 } ? nil : "has a value below 0"
    }

    /// The weight of a pixel with truth `y`.
    @inline(__always)
    func weight(of y: Double) -> Double {
        var reached = 0
        while reached < thresholds.count && y >= thresholds[reached] { reached += 1 }
        return values[reached]
    }
}
