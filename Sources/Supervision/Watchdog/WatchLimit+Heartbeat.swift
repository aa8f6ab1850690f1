// How long a rank may make no progress. The choice: many times what the same has just taken, so that no machine is too
// slow for it; what has no example yet gets much more.

import Configuration

extension WatchLimit {
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
