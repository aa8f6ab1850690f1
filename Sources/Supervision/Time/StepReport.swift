// What the ranks tell one another once a step. The choice: each brings a row, beside zeros for the rows of others, so
// that one small sum lets every rank know all of it, and what they work out of it is the same everywhere.

import Collectives

/// One rank's word about a step.
package struct RankReport: Sendable, Equatable {
    /// Seconds, in the order of `PhaseTimes.Phase`.
    package var phases: [Double]

    /// Why this rank would end the run now.
    package var stop: StopReason?

    package init(phases: [Double], stop: StopReason? = nil) { (self.phases, self.stop) = (phases, stop) }

    /// Seconds of its own work: all but what it spent among the others.
    package var busy: Double { phases.reduce(0, +) - phases[PhaseTimes.Phase.reduce.rawValue] }

    fileprivate static let width = PhaseTimes.Phase.allCases.count + 1

    fileprivate var row: [Double] { phases + [stop?.number ?? 0] }

    fileprivate init(row: ArraySlice<Double>) {
        self.init(phases: Array(row.dropLast()), stop: StopReason(number: row.last!))
    }
}

/// What all ranks say of a step.
package struct StepReport: Sendable, Equatable {
    package let ranks: [RankReport]

    package init(ranks: [RankReport]) { self.ranks = ranks }

    /// The reports of all ranks, on every rank. Collective.
    package static func gathered(_ mine: RankReport, over communicator: any Communicator) throws -> StepReport {
        let width = RankReport.width
        var rows = [Double](repeating: 0, count: communicator.size * width)
        rows.replaceSubrange(communicator.rank * width..<(communicator.rank + 1) * width, with: mine.row)
        try communicator.allReduce(&rows)
        return StepReport(ranks: (0..<communicator.size).map { RankReport(row: rows[$0 * width..<($0 + 1) * width]) })
    }

    /// Why all ranks end the run now: what the first rank that wants to says.
    package var stop: StopReason? { ranks.lazy.compactMap(\.stop).first }

    /// The longest time of a phase.
    package func longest(_ phase: PhaseTimes.Phase) -> Double { ranks.map { $0.phases[phase.rawValue] }.max() ?? 0 }

    /// The mean time of a phase.
    package func mean(_ phase: PhaseTimes.Phase) -> Double {
        ranks.reduce(0) { $0 + $1.phases[phase.rawValue] } / Double(ranks.count)
    }

    /// Seconds of exchange without waiting: the rank that comes last waits for nobody, and takes the shortest time.
    package var exchange: Double { ranks.map { $0.phases[PhaseTimes.Phase.reduce.rawValue] }.min() ?? 0 }

    /// The rank with the most work of its own, in seconds.
    package var slowest: Int { ranks.indices.max { ranks[$0].busy < ranks[$1].busy } ?? 0 }

    /// Seconds of the slowest rank's own work.
    package var slowestBusy: Double { ranks[slowest].busy }

    /// Seconds of the other ranks' own work, the median; its own where there are no others.
    package var othersBusy: Double {
        let others = ranks.indices.filter { $0 != slowest }.map { ranks[$0].busy }
        return others.isEmpty ? slowestBusy : others.median
    }

    /// Seconds for which the ranks wait for the slowest one, the mean.
    package var waiting: Double { slowestBusy - ranks.reduce(0) { $0 + $1.busy } / Double(ranks.count) }
}
