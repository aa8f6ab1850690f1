// Where the time of a step goes. The choice: the five phases that a user can do something about, each as the slowest rank
// has it, because that is the one that all wait for.

import Collectives
import Foundation

/// Seconds of one step by phase, on this rank.
package final class PhaseTimes {
    package enum Phase: Int, CaseIterable, Sendable {
        case load, forward, backward, reduce, update
    }

    private var seconds = [Double](repeating: 0, count: Phase.allCases.count)

    package init() {}

    /// Runs a part of a step and adds its time to a phase.
    func measure<Result>(_ phase: Phase, _ body: () throws -> Result) rethrows -> Result {
        let start = now()
        Heartbeat.own.enter(phase)
        defer {
            Heartbeat.own.leave(phase)
            seconds[phase.rawValue] += now() - start
        }
        return try body()
    }

    /// Adds, for each phase, the longest time that one of some threads took.
    func add(slowestOf threads: [PhaseTimes]) {
        for phase in seconds.indices { seconds[phase] += threads.map { $0.seconds[phase] }.max() ?? 0 }
    }

    /// The largest time of each phase over all ranks, in the order of `Phase`. Collective.
    func maximum(over communicator: any Communicator) throws -> [Double] {
        var slowest = seconds
        try communicator.maximum(&slowest)
        return slowest
    }
}

/// Seconds since some moment in the past.
func now() -> Double { ProcessInfo.processInfo.systemUptime }
