// How a convention of the field scores forecasts in the unit of the data. The choice: a name stands for the few things
// in which published scores differ; what a code of the field gets wrong has no name here.

/// The rules by which events are counted, and results summed up.
package struct ScoreRules: Equatable, Sendable {
    /// When a value x is an event for a threshold t.
    package enum Event: String, Encodable, Sendable {
        case atOrAbove = "x >= t"
        case above = "x > t"
    }

    /// The event of contingency tables. That of FSS is x >= t in every convention.
    package var event = Event.atOrAbove

    /// What a missing pixel is to FSS: as if it were outside the frame, or a pixel in which its field has no event.
    package var fractionsCountMissing = false

    /// Whether scores are also averaged over lead times, and these means over thresholds.
    package var averagesLeadTimes = false, averagesThresholds = false

    /// Whether errors are sums over a frame's valid pixels, averaged over frames; else they are means over pixels.
    package var sumsErrorsOverFrames = false
}

extension MetricConvention {
    /// The rules of scores in the unit of the data.
    package var scores: ScoreRules {
        switch self {
        case .standard, .predrnn, .openstl, .mindspore, .mindsporeClipped: ScoreRules()
        case .hko7: ScoreRules(averagesLeadTimes: true, sumsErrorsOverFrames: true)
        case .sevir: ScoreRules(averagesLeadTimes: true, averagesThresholds: true)
        case .pysteps: ScoreRules(event: .above, fractionsCountMissing: true)
        }
    }
}
