// The time of a step by phase. The choice: the five phases that a user can influence. An exchange between ranks
// within another phase counts as `reduce`.

import Platform
import Collectives
import Foundation

/// The seconds per phase of one step on this rank.
package final class PhaseTimes {
    package enum Phase: Int, CaseIterable, Sendable {
        case load, forward, backward, reduce, update
    }

    /// The seconds in the order of `Phase`.
    package private(set) var seconds = [Double](repeating: 0, count: Phase.allCases.count)

    /// The seconds spent in exchanges, which are not counted for the phase around them.
    private var exchanged = 0.0

    package init() {}

    /// Runs a part of a step and adds its duration to a phase.
    package func measure<Result>(_ phase: Phase, _ body: () throws -> Result) rethrows -> Result {
        let start = now(), before = exchanged
        Heartbeat.own.enter(phase)
        defer {
            Heartbeat.own.leave(phase)
            seconds[phase.rawValue] += now() - start - (exchanged - before)
        }
        return try body()
    }

    /// Counts an exchange within another phase as `reduce`.
    package func exchange(of duration: Double) {
        seconds[Phase.reduce.rawValue] += duration
        exchanged += duration
    }

    /// Adds, for each phase, the longest time of the given threads.
    package func add(slowestOf threads: [PhaseTimes]) {
        for phase in seconds.indices { seconds[phase] += threads.map { $0.seconds[phase] }.max() ?? 0 }
    }

    /// The maximum time of each phase over all ranks, in the order of `Phase`. Collective.
    package func allReduceMax(over communicator: any Communicator) throws -> [Double] {
        var slowest = seconds
        try communicator.allReduceMax(&slowest)
        return slowest
    }
}
