// An axis of a chart: which values it spans, and which of them are written beside it. The choice: round numbers only, 1, 2 and 5
// times a power of ten.

import Foundation

/// A range of values, linear or logarithmic.
package struct Axis {
    package enum Form: String, Sendable {
        case linear
        case logarithmic = "log"
    }

    package let form: Form

    /// The ends, as values of a linear axis or as logarithms to base ten.
    private let low, high: Double

    /// Spans some values; nil if none of them has a place on such an axis.
    package init?(_ values: [Double], _ form: Form) {
        let places = values.compactMap { Self.place(of: $0, form) }
        guard let least = places.min(), let most = places.max() else { return nil }
        let margin = least == most ? max(abs(least), 1) * 0.05 : (most - least) * 0.03
        (self.form, low, high) = (form, least - margin, most + margin)
    }

    private static func place(of value: Double, _ form: Form) -> Double? {
        guard value.isFinite, form == .linear || value > 0 else { return nil }
        return form == .linear ? value : log10(value)
    }

    /// The place of a value between the ends, 0 to 1.
    package func position(of value: Double) -> Double {
        ((Self.place(of: value, form) ?? low) - low) / (high - low)
    }

    /// The values that are written, and how.
    package var ticks: [(value: Double, text: String)] {
        let values = form == .logarithmic && high - low > 0.7 ? powers : steps
        return values.map { ($0, Self.text($0)) }
    }

    /// Multiples of a round step.
    private var steps: [Double] {
        let (from, to) = form == .linear ? (low, high) : (pow(10, low), pow(10, high))
        let rough = (to - from) / 6, unit = pow(10, floor(log10(rough)))
        let step = unit * ([1, 2, 5].first { $0 * unit >= rough } ?? 10)
        guard step.isFinite, step > 0, (to - from) / step < 100 else { return [] }
        return stride(from: (from / step).rounded(.up), through: (to / step).rounded(.down), by: 1).map { $0 * step }
    }

    /// Powers of ten, and between them twice and five times as much where there is room.
    private var powers: [Double] {
        let factors: [Double] = high - low < 3 ? [1, 2, 5] : [1]
        let exponents = Array(stride(from: low.rounded(.down), through: high.rounded(.up), by: 1))
        let every = max(1, exponents.count / 8)
        return exponents.enumerated().filter { $0.offset.isMultiple(of: every) }
            .flatMap { _, exponent in factors.map { $0 * pow(10, exponent) } }
            .filter { (low...high).contains(log10($0)) }
    }

    private static func text(_ value: Double) -> String {
        abs(value) < 1e-12 ? "0" : String(format: abs(value) >= 1e5 ? "%.3g" : "%.6g", value)
    }
}
