// From values in a unit to what a network computes with, and back. The choice: the constants are given and never measured,
// so that the same value means the same to every network, whatever data it was trained on.

import Foundation
import Model

/// A monotonic map from values in the unit of the data to [0, 1]. What lies outside is clipped.
package enum TransformDescription: Sendable, Equatable {
    /// x = (v - from) / (to - from)
    case linear(Interval)

    /// x = (dBZ - from) / (to - from), dBZ = 10 lg(a R^b), of a rain rate R in mm/h, or of reflectivity in dBZ as it is.
    ///
    /// Source: Marshall and Palmer, "The distribution of raindrops with size", 1948: a = 200, b = 1.6.
    case dBZ(Reflectivity)

    /// x = ln(1 + v / scale) / ln(1 + to / scale)
    case logarithm(Logarithm)

    /// The values that become 0 and 1.
    package struct Interval: Codable, Sendable, Equatable {
        package var from, to: Double

        package init(from: Double, to: Double) { (self.from, self.to) = (from, to) }
    }

    package struct Reflectivity: Codable, Sendable, Equatable {
        /// The constants of Z = a R^b.
        package var a = 200.0, b = 1.6

        /// The reflectivities that become 0 and 1, in dBZ.
        package var from = 0.0, to = 60.0

        package init(a: Double = 200, b: Double = 1.6, from: Double = 0, to: Double = 60) {
            (self.a, self.b, self.from, self.to) = (a, b, from, to)
        }

        /// 10 lg(a R^b) of a rate R > 0 in mm/h.
        func reflectivity(ofRate rate: Double) -> Double { 10 * (log10(a) + b * log10(rate)) }

        /// The rate in mm/h of a reflectivity in dBZ.
        func rate(ofReflectivity dBZ: Double) -> Double { pow(10, (dBZ / 10 - log10(a)) / b) }
    }

    package struct Logarithm: Codable, Sendable, Equatable {
        /// The value below which the map is nearly linear.
        package var scale: Double

        /// The value that becomes 1.
        package var to: Double

        package init(scale: Double, to: Double) { (self.scale, self.to) = (scale, to) }
    }
}

/// The form in a file is a mapping with one key, which names the kind.
extension TransformDescription: Codable {
    private enum Key: String, CodingKey, CaseIterable { case linear, dBZ, logarithm }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        self =
            switch try values.onlyKey {
            case .linear: .linear(try values.decode(Interval.self, forKey: .linear))
            case .dBZ: .dBZ(try values.decode(Reflectivity.self, forKey: .dBZ))
            case .logarithm: .logarithm(try values.decode(Logarithm.self, forKey: .logarithm))
            }
    }

    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Key.self)
        switch self {
        case .linear(let it): try values.encode(it, forKey: .linear)
        case .dBZ(let it): try values.encode(it, forKey: .dBZ)
        case .logarithm(let it): try values.encode(it, forKey: .logarithm)
        }
    }
}

extension TransformDescription.Reflectivity {
    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self), standard = Self()
        self.init(
            a: try values.decode(.a, or: standard.a), b: try values.decode(.b, or: standard.b),
            from: try values.decode(.from, or: standard.from), to: try values.decode(.to, or: standard.to))
    }
}

extension TransformDescription {
    /// What makes this no map from values to [0, 1], in words; nil if nothing does.
    package var problem: String? {
        switch self {
        case .linear(let it):
            return it.from.isFinite && it.to.isFinite && it.from < it.to ? nil : "linear.from must be below linear.to"
        case .dBZ(let it):
            guard it.a.isFinite, it.b.isFinite, it.a > 0, it.b > 0 else { return "dBZ.a and dBZ.b must be positive" }
            return it.from.isFinite && it.to.isFinite && it.from < it.to ? nil : "dBZ.from must be below dBZ.to"
        case .logarithm(let it):
            let isOne = it.scale.isFinite && it.to.isFinite && it.scale > 0 && it.to > 0
            return isOne ? nil : "logarithm.scale and logarithm.to must be positive"
        }
    }
}
