// Two small fields whose scores were computed with pysteps and scipy.

import Model

/// An observation and a forecast of 8 x 8 pixels: (7 i + 3 j) mod 11 and (5 i + 4 j + 2) mod 11.
struct ReferenceFields {
    var truth, forecast: [Float]

    /// - Parameter hasHole: whether the observation lacks the pixel in row 0 and column 2.
    init(hasHole: Bool = false) {
        truth = Self.pixels { Float((7 * $0 + 3 * $1) % 11) }
        forecast = Self.pixels { Float((5 * $0 + 4 * $1 + 2) % 11) }
        if hasHole { truth[2] = .nan }
    }

    private static func pixels(_ value: (Int, Int) -> Float) -> [Float] {
        (0..<8).flatMap { i in (0..<8).map { value(i, $0) } }
    }

    /// The contingency table at 5.
    func table(_ event: ScoreRules.Event) -> ContingencyTable {
        var table = ContingencyTable()
        table.count(forecast.span, truth.span, threshold: 5, event: event)
        return table
    }

    /// The scores of this one frame.
    func scores(_ request: ScoreRequest) -> LeadScores {
        var scores = ForecastScores(request, frames: 1, height: 8, width: 8, channels: 1)
        scores.add(forecast: forecast.span, truth: truth.span)
        return scores.all
    }
}

/// Whether a score has a value, rounded to some decimals.
func isRounded(_ score: Double?, _ value: Double, decimals: Double = 1e-6) -> Bool {
    score.map { abs($0 - value) <= 0.5001 * decimals } ?? false
}
