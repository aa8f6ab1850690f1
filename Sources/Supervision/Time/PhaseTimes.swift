// Where the time of a step goes. The choice: the five phases that a user can do something about; what ranks exchange in
// the middle of another phase counts as reducing.

import Platform
import Collectives
import Foundation

/// Seconds of one step by phase, on this rank.
package final class PhaseTimes {
    package enum Phase: Int, CaseIterable, Sendable {
        case load, forward, backward, reduce, update
    }

    /// In the order of `Phase`.
    package private(set) var seconds = [Double](repeating: 0, count: Phase.allCases.count)

    /// What was spent in exchanges, and is no part of the phase around them.
    private var exchanged = 0.0

    package init() {}

    /// Runs a part of a step and adds its time to a phase.
    package func measure<Result>(_ phase: Phase, _ body: () throws -> Result) rethrows -> Result {
        let start = now(), before = exchanged
        Heartbeat.own.enter(phase)
        defer {
            Heartbeat.own.leave(phase)
            seconds[phase.rawValue] += now() - start - (exchanged - before)
        }
        return try body()
    }

    /// Counts an exchange in the middle of a phase as reducing.
    package func exchange(of duration: Double) {
        seconds[Phase.reduce.rawValue] += duration
        exchanged += duration
    }

    /// Adds, for each phase, the longest time that one of some threads took.
    package func add(slowestOf threads: [PhaseTimes]) {
        for phase in seconds.indices { seconds[phase] += threads.map { $0.seconds[phase] }.max() ?? 0 }
    }

    /// The largest time of each phase over all ranks, in the order of `Phase`. Collective.
    package func allReduceMax(over communicator: any Communicator) throws -> [Double] {
        var slowest = seconds
        try communicator.allReduceMax(&slowest)
        return slowest
    }
}
