// What this rank is doing now. The choice: one shared instance per process, which has one rank, so that any code
// can report to it; every change counts as progress.

import Platform
import Synchronization

/// The state of a rank, written by the training loop, its threads and its collectives, and read by the watchdog.
package final class Heartbeat: Sendable {
    /// The heartbeat of this process.
    package static let own = Heartbeat()

    /// The parts of a run, each of which has its own typical duration.
    package enum Stage: String, Codable, Sendable, CaseIterable {
        case start, firstStep, step, validation, checkpoint
    }

    /// A snapshot of a rank's activity.
    package struct Moment: Codable, Sendable, Equatable {
        package var stage = Stage.start

        /// The update in progress, or the last one.
        package var step = 0

        /// The phases that threads are in.
        package var phases: [String] = []

        /// Whether the rank is in a collective, where it may have to wait for other ranks.
        package var waits = false

        /// Counts all events.
        package var changes = 0

        package init() {}
    }

    private struct State {
        var moment = Moment()
        var threads: [PhaseTimes.Phase: Int] = [:]
        var began = now()
        var seconds: [Stage: [Double]] = [:]
    }

    private let state = Mutex(State())

    /// The number of recent durations per stage, of which the slowest counts.
    private static let recent = 20

    package init() {}

    /// Ends the current stage and begins the next.
    package func begin(_ stage: Stage, step: Int) {
        state.withLock { state in
            let last = state.moment.stage, time = now()
            state.seconds[last] = (state.seconds[last] ?? []).suffix(Self.recent - 1) + [time - state.began]
            state.began = time
            state.moment.stage = stage == .step && state.seconds[.firstStep] == nil ? .firstStep : stage
            state.moment.step = step
            state.moment.changes += 1
        }
    }

    func enter(_ phase: PhaseTimes.Phase) { count(phase, 1) }
    func leave(_ phase: PhaseTimes.Phase) { count(phase, -1) }

    private func count(_ phase: PhaseTimes.Phase, _ change: Int) {
        state.withLock { state in
            state.threads[phase, default: 0] += change
            state.moment.phases = PhaseTimes.Phase.allCases.filter { state.threads[$0] ?? 0 > 0 }.map { "\($0)" }
            state.moment.changes += 1
        }
    }

    /// Records progress that is not a phase.
    package func tick() { state.withLock { $0.moment.changes += 1 } }

    func setWaits(_ waits: Bool) {
        state.withLock { state in
            state.moment.waits = waits
            state.moment.changes += 1
        }
    }

    package var moment: Moment { state.withLock { $0.moment } }

    /// The duration of the slowest of the recent stages of a kind, in seconds; nil before there was one.
    package func slowest(_ stage: Stage) -> Double? { state.withLock { $0.seconds[stage]?.max() } }
}

extension Heartbeat.Moment {
    /// A description such as "in backward of step 12" or "waiting for others in reduce of step 12".
    package var inWords: String {
        let phase = phases.isEmpty ? "" : phases.joined(separator: " and ") + " of "
        let place =
            switch stage {
            case .start: "the start"
            case .firstStep, .step: "step \(step)"
            case .validation: "the validation after step \(step)"
            case .checkpoint: "the checkpoint of step \(step)"
            }
        return "\(waits ? "waiting for others " : "")in \(phase)\(place)"
    }
}
