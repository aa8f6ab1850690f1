// The report that ranks exchange once per step. The choice: a small all-reduce of one row per rank, with zeros for
// the rows of others, so that every rank knows all reports and derives the same conclusions.

import Collectives

/// One rank's report on a step.
package struct RankReport: Sendable, Equatable {
    /// The seconds per phase, in the order of `PhaseTimes.Phase`.
    package var phases: [Double]

    /// The reason why this rank asks to end the run; nil if it does not.
    package var stop: StopReason?

    package init(phases: [Double], stop: StopReason? = nil) { (self.phases, self.stop) = (phases, stop) }

    /// The seconds of the rank's own work: all phases except `reduce`.
    package var busy: Double { phases.reduce(0, +) - phases[PhaseTimes.Phase.reduce.rawValue] }

    fileprivate static let width = PhaseTimes.Phase.allCases.count + 1

    fileprivate var row: [Double] { phases + [stop?.number ?? 0] }

    fileprivate init(row: ArraySlice<Double>) {
        self.init(phases: Array(row.dropLast()), stop: StopReason(number: row.last!))
    }
}

/// The reports of all ranks on a step.
package struct StepReport: Sendable, Equatable {
    package let ranks: [RankReport]

    package init(ranks: [RankReport]) { self.ranks = ranks }

    /// All-gathers the reports of all ranks. Collective.
    package static func gathered(_ mine: RankReport, over communicator: any Communicator) throws -> StepReport {
        let width = RankReport.width
        var rows = [Double](repeating: 0, count: communicator.size * width)
        rows.replaceSubrange(communicator.rank * width..<(communicator.rank + 1) * width, with: mine.row)
        try communicator.allReduce(&rows)
        return StepReport(ranks: (0..<communicator.size).map { RankReport(row: rows[$0 * width..<($0 + 1) * width]) })
    }

    /// The reason why all ranks end the run now: that of the first rank that asks to stop.
    package var stop: StopReason? { ranks.lazy.compactMap(\.stop).first }

    /// The longest time of a phase over the ranks.
    package func longest(_ phase: PhaseTimes.Phase) -> Double { ranks.map { $0.phases[phase.rawValue] }.max() ?? 0 }

    /// The mean time of a phase over the ranks.
    package func mean(_ phase: PhaseTimes.Phase) -> Double {
        ranks.reduce(0) { $0 + $1.phases[phase.rawValue] } / Double(ranks.count)
    }

    /// The seconds of exchange without waiting. The rank that arrives last does not wait, so this is the minimum.
    package var exchange: Double { ranks.map { $0.phases[PhaseTimes.Phase.reduce.rawValue] }.min() ?? 0 }

    /// The rank with the most seconds of its own work.
    package var slowest: Int { ranks.indices.max { ranks[$0].busy < ranks[$1].busy } ?? 0 }

    /// The seconds of the slowest rank's own work.
    package var slowestBusy: Double { ranks[slowest].busy }

    /// The median seconds of the other ranks' own work; the slowest rank's if there are no others.
    package var othersBusy: Double {
        let others = ranks.indices.filter { $0 != slowest }.map { ranks[$0].busy }
        return others.isEmpty ? slowestBusy : others.median
    }

    /// The mean seconds for which the ranks wait for the slowest one.
    package var waiting: Double { slowestBusy - ranks.reduce(0) { $0 + $1.busy } / Double(ranks.count) }
}
