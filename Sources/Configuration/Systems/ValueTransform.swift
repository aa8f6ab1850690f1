// A transform applied to data of one unit. The choice: the unit is checked once, when this is made, and every map after
// that is total: a missing pixel stays NaN, and nothing else becomes one.

import Foundation

/// The map of a `TransformDescription` for data in a certain unit.
package struct ValueTransform: Sendable, Equatable {
    private let description: TransformDescription

    /// Whether the values are reflectivities in dBZ, to which no relation of Z and R is applied.
    private let isReflectivity: Bool

    /// Throws a usage error if the transform makes no sense for values in this unit.
    ///
    /// - Parameters:
    ///   - unit: the unit of the values; nil if it is not known.
    ///   - name: the data, for messages.
    package init(_ description: TransformDescription, unit: String?, of name: String) throws(TrainingError) {
        self.description = description
        isReflectivity = unit == "dBZ"
        if case .dBZ = description, !["mm/h", "dBZ"].contains(unit) {
            throw .usage(
                "the model's transform dBZ is for values in mm/h or dBZ, and those of \(name) are in "
                    + "\(unit ?? "a unit that its manifest does not name"); split the data with --unit, or choose "
                    + "another transform")
        }
    }

    /// The network's value in [0, 1] of a value in the unit; what is not finite stays as it is.
    package func scaled(_ value: Double) -> Double {
        guard value.isFinite else { return value }
        let x: Double
        switch description {
        case .linear(let it): x = (value - it.from) / (it.to - it.from)
        case .dBZ(let it):
            guard isReflectivity || value > 0 else { return 0 }
            let dBZ = isReflectivity ? value : it.reflectivity(ofRate: value)
            x = (dBZ - it.from) / (it.to - it.from)
        case .logarithm(let it): x = value > 0 ? log1p(value / it.scale) / log1p(it.to / it.scale) : 0
        }
        return min(max(x, 0), 1)
    }

    /// The value in the unit of a network's value, which is clipped to [0, 1]; NaN of NaN. The rain rate of 0 is 0.
    package func restored(_ x: Double) -> Double {
        guard !x.isNaN else { return x }
        let x = min(max(x, 0), 1)
        switch description {
        case .linear(let it): return it.from + x * (it.to - it.from)
        case .dBZ(let it):
            let dBZ = it.from + x * (it.to - it.from)
            return isReflectivity ? dBZ : x > 0 ? it.rate(ofReflectivity: dBZ) : 0
        case .logarithm(let it): return it.scale * expm1(x * log1p(it.to / it.scale))
        }
    }

    /// The network's value of a threshold for rain: in mm/h where the transform is dBZ, otherwise in the unit.
    package func scaled(threshold: Double) -> Double {
        guard case .dBZ(let it) = description, isReflectivity, threshold > 0 else { return scaled(threshold) }
        return scaled(it.reflectivity(ofRate: threshold))
    }

    /// Whether a value lies outside what the network can tell apart.
    package func clips(_ value: Double) -> Bool {
        switch description {
        case .linear(let it): value < it.from || value > it.to
        case .dBZ(let it): value > (isReflectivity ? it.to : it.rate(ofReflectivity: it.to))
        case .logarithm(let it): value > it.to
        }
    }
}
