// The fractions skill score: not whether an event came at a pixel, but how often it came around it. The choice: sums of
// products of integer counts, over frames and sequences, and one ratio at the end. The divisor of the fractions cancels.
//
//     S(y, x) = the number of events of rows y - n/2 ... y - n/2 + n - 1 and columns alike, none outside the frame
//     FSS     = 1 - sum (S_f - S_o)^2 / (sum S_f^2 + sum S_o^2) = 2 sum S_f S_o / (sum S_f^2 + sum S_o^2)

/// The sums of the fractions skill score at one threshold and one scale.
///
/// Source: Roberts and Lean, "Scale-selective verification of rainfall accumulations from high-resolution forecasts of
/// convective events", Monthly Weather Review 2008, equations 5 to 7.
package struct FractionsSkill: Equatable, Sendable {
    private var forecasts = ExactSum(), observations = ExactSum(), products = ExactSum()

    /// The largest scale, for which the sums of a row are below 2^63.
    package static let largestScale = 1024

    package init() {}

    /// The score; nil where neither field has an event.
    package var value: Double? {
        let norm = forecasts.value + observations.value
        return norm == 0 ? nil : 2 * products.value / norm
    }

    /// Adds a frame's windows, one around each pixel of `centers`, or of the frame.
    mutating func add(_ forecast: EventCounts, _ truth: EventCounts, scale n: Int, centers: [Bool]?) {
        let (height, width) = (forecast.height, forecast.width)
        for y in 0..<height {
            let rows = max(0, y - n / 2)..<min(height, y - n / 2 + n)
            var (forecasts, observations, products) = (0, 0, 0)
            for x in 0..<width {
                if let centers, !centers[y * width + x] { continue }
                let columns = max(0, x - n / 2)..<min(width, x - n / 2 + n)
                let (f, o) = (forecast.count(rows, columns), truth.count(rows, columns))
                forecasts += f * f
                observations += o * o
                products += f * o
            }
            self.forecasts.add(forecasts)
            self.observations.add(observations)
            self.products.add(products)
        }
    }
}

extension FractionsSkill: Summable {
    package var sums: [Double] { forecasts.sums + observations.sums + products.sums }

    package mutating func take(_ sums: inout ArraySlice<Double>) {
        forecasts.take(&sums)
        observations.take(&sums)
        products.take(&sums)
    }
}

/// A summed-area table of a field's events, which gives the count of any window from four of its numbers.
struct EventCounts {
    let height, width: Int

    /// The events above and left of each corner: (height + 1) x (width + 1).
    private var corners: [Int]

    init(height: Int, width: Int, isEvent: (Int) -> Bool) {
        (self.height, self.width) = (height, width)
        corners = [Int](repeating: 0, count: (height + 1) * (width + 1))
        for y in 0..<height {
            var row = 0
            for x in 0..<width {
                row += isEvent(y * width + x) ? 1 : 0
                corners[(y + 1) * (width + 1) + x + 1] = corners[y * (width + 1) + x + 1] + row
            }
        }
    }

    func count(_ rows: Range<Int>, _ columns: Range<Int>) -> Int {
        let (top, bottom) = (rows.lowerBound * (width + 1), rows.upperBound * (width + 1))
        return corners[bottom + columns.upperBound] - corners[bottom + columns.lowerBound]
            - corners[top + columns.upperBound] + corners[top + columns.lowerBound]
    }
}
