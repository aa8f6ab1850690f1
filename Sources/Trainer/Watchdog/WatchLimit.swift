// How long a rank may make no progress. The choice: many times what the same has just taken, so that no machine is too
// slow for it; what has no example yet gets much more.

import Foundation

/// What a person wants of the watchdog.
package enum WatchLimit: Sendable, Equatable {
    /// A minute, or 20 of the slowest recent steps.
    case automatic

    /// In place of that, for a step.
    case seconds(Double)

    case off

    package init?(_ text: String) {
        switch text {
        case "automatic": self = .automatic
        case "off": self = .off
        default:
            guard let seconds = Double(text), seconds > 0, seconds <= Self.longest else { return nil }
            self = .seconds(seconds)
        }
    }

    /// - Throws: a usage error for what is no limit.
    init(text: String) throws(TrainingError) {
        guard let limit = WatchLimit(text) else {
            throw .usage("watchdog is \(text) and must be seconds (up to \(Self.longest)), automatic or off")
        }
        self = limit
    }

    package var text: String {
        switch self {
        case .automatic: "automatic"
        case .seconds(let seconds): String(format: "%g", seconds)
        case .off: "off"
        }
    }

    /// What may be wished for: about a year.
    package static let longest = 3e7

    /// Seconds for a step at least.
    package var least: Double { if case .seconds(let seconds) = self { seconds } else { 60 } }

    /// Seconds without progress that a rank may spend, waiting or in a stage that takes its time. Who waits looks
    /// around sooner, since it blames nobody who works.
    func seconds(for moment: Heartbeat.Moment, _ heartbeat: Heartbeat) -> Double {
        let stage = moment.waits && heartbeat.slowest(.step) != nil ? .step : moment.stage
        return seconds(for: stage, slowest: heartbeat.slowest(stage))
    }

    /// Seconds without progress that work of a stage may take.
    ///
    /// - Parameter slowest: what one of its kind took at most lately; nil where there was none.
    package func seconds(for stage: Heartbeat.Stage, slowest: Double?) -> Double {
        if case .seconds(let seconds) = self { return stage == .step ? seconds : Self.patience * seconds }
        return max(slowest.map { 20 * $0 } ?? Self.patience * least, least)
    }

    /// How much longer the first of a kind may take.
    package static let patience = 30.0
}
