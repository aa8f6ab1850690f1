// How long a rank may make no progress. The choice: a multiple of the last measured durations, so that no machine
// is too slow for it; a stage without a measurement gets much more.

import Configuration

extension WatchLimit {
    /// The seconds without progress that a rank may spend, waiting or in a stage of known duration. A waiting rank
    /// checks the others sooner, since it blames no rank that computes.
    func seconds(for moment: Heartbeat.Moment, _ heartbeat: Heartbeat) -> Double {
        let stage = moment.waits && heartbeat.slowest(.step) != nil ? .step : moment.stage
        return seconds(for: stage, slowest: heartbeat.slowest(stage))
    }

    /// The seconds without progress that a stage may take.
    ///
    /// - Parameter slowest: the longest recent duration of the stage; nil if there was none.
    package func seconds(for stage: Heartbeat.Stage, slowest: Double?) -> Double {
        if case .seconds(let seconds) = self { return stage == .step ? seconds : Self.patience * seconds }
        return max(slowest.map { 20 * $0 } ?? Self.patience * least, least)
    }

    /// The factor for the first stage of a kind.
    package static let patience = 30.0
}
