// Forecasts of an event and what came, counted. The choice: four integers, so that tables of frames, sequences and
// ranks are added exactly, and a score is a ratio of sums, never a mean of ratios; 0/0 is no score.

import Foundation

/// A contingency table: how often an event was forecast or not, and observed or not.
package struct ContingencyTable: Equatable, Sendable {
    /// Forecast and observed.
    package var hits = 0

    /// Observed and not forecast.
    package var misses = 0

    /// Forecast and not observed.
    package var falseAlarms = 0

    /// Neither forecast nor observed.
    package var correctNegatives = 0

    package init() {}

    package init(hits: Int, misses: Int, falseAlarms: Int, correctNegatives: Int) {
        (self.hits, self.misses) = (hits, misses)
        (self.falseAlarms, self.correctNegatives) = (falseAlarms, correctNegatives)
    }

    /// The number of pixels that counted.
    package var total: Int { hits + misses + falseAlarms + correctNegatives }
}

extension ContingencyTable: Summable {
    package var sums: [Double] { [hits, misses, falseAlarms, correctNegatives].map(Double.init) }

    package mutating func take(_ sums: inout ArraySlice<Double>) {
        hits = Int(sums.removeFirst())
        misses = Int(sums.removeFirst())
        falseAlarms = Int(sums.removeFirst())
        correctNegatives = Int(sums.removeFirst())
    }
}

/// A score of a contingency table, by the name that the field gives it.
package enum CategoricalScore: String, CaseIterable, Sendable {
    /// The probability of detection, H / (H + M).
    case pod

    /// The false alarm ratio, F / (H + F).
    case far

    /// The critical success index, H / (H + M + F).
    case csi

    /// The Heidke skill score, 2 (H C - F M) / ((H + M) (M + C) + (H + F) (F + C)).
    case hss

    /// The frequency bias, (H + F) / (H + M).
    case bias

    /// The equitable threat score, (H - r) / (H + M + F - r) with r = (H + M) (H + F) / N, also called Gilbert's.
    case ets

    /// The probability of false detection, F / (F + C).
    case pofd

    /// The accuracy, (H + C) / N.
    case acc

    /// Hanssen and Kuipers' discriminant, POD - POFD.
    case hk

    /// Matthews' correlation coefficient, (H C - F M) / sqrt((H + F) (H + M) (C + F) (C + M)).
    case mcc

    /// The F1 score, 2 H / (2 H + M + F).
    case f1

    /// The symmetric extremal dependence index, with p = POD and q = POFD:
    /// (ln q - ln p + ln(1 - p) - ln(1 - q)) / (ln q + ln p + ln(1 - p) + ln(1 - q)).
    case sedi

    /// The six scores that tables and JSON show.
    package static let usual: [CategoricalScore] = [.csi, .pod, .far, .hss, .bias, .ets]
}

extension ContingencyTable {
    /// The value of a score; nil where it is 0/0.
    package func value(of score: CategoricalScore) -> Double? {
        let (h, m, f, c) = (Int128(hits), Int128(misses), Int128(falseAlarms), Int128(correctNegatives))
        let n = h + m + f + c, byChance = (h + m) * (h + f)
        switch score {
        case .pod: return ratio(h, h + m)
        case .far: return ratio(f, h + f)
        case .csi: return ratio(h, h + m + f)
        case .hss: return ratio(2 * (h * c - f * m), (h + m) * (m + c) + (h + f) * (f + c))
        case .bias: return ratio(h + f, h + m)
        case .ets: return ratio(h * n - byChance, (h + m + f) * n - byChance)
        case .pofd: return ratio(f, f + c)
        case .acc: return ratio(h + c, n)
        case .hk:
            guard let pod = value(of: .pod), let pofd = value(of: .pofd) else { return nil }
            return pod - pofd
        case .mcc:
            let margins = [h + f, h + m, c + f, c + m].map(Double.init)
            guard !margins.contains(0) else { return nil }
            return Double(h * c - f * m) / margins.reduce(1) { $0 * $1.squareRoot() }
        case .f1: return ratio(2 * h, 2 * h + m + f)
        case .sedi:
            guard let p = value(of: .pod), let q = value(of: .pofd), p > 0, p < 1, q > 0, q < 1 else { return nil }
            let (hit, miss, alarm, quiet) = (log(p), log(1 - p), log(q), log(1 - q))
            return (alarm - hit + miss - quiet) / (alarm + hit + miss + quiet)
        }
    }

    private func ratio(_ numerator: Int128, _ denominator: Int128) -> Double? {
        denominator == 0 ? nil : Double(numerator) / Double(denominator)
    }
}

extension ContingencyTable {
    /// Counts the pixels in which both fields have a value; the others are NaN in either.
    package mutating func count(
        _ forecast: Span<Float>, _ truth: Span<Float>, threshold: Float, event: ScoreRules.Event
    ) {
        switch event {
        case .atOrAbove: count(forecast, truth) { $0 >= threshold }
        case .above: count(forecast, truth) { $0 > threshold }
        }
    }

    @inline(__always)
    private mutating func count(_ forecast: Span<Float>, _ truth: Span<Float>, isEvent: (Float) -> Bool) {
        precondition(forecast.count == truth.count, "\(forecast.count) pixels forecast and \(truth.count) observed")
        var both = 0, forecasts = 0, observations = 0, pixels = 0
        for pixel in forecast.indices {
            let x = forecast[pixel], y = truth[pixel]
            // Neither comparison holds for NaN.
            let (hasX, hasY) = (x == x, y == y)
            both += isEvent(x) && isEvent(y) ? 1 : 0
            forecasts += isEvent(x) && hasY ? 1 : 0
            observations += isEvent(y) && hasX ? 1 : 0
            pixels += hasX && hasY ? 1 : 0
        }
        hits += both
        misses += observations - both
        falseAlarms += forecasts - both
        correctNegatives += pixels - forecasts - observations + both
    }
}
