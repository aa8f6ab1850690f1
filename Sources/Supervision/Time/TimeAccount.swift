// Where the time of a run goes. The choice: everything is a mean over the ranks, so that the parts add up to wall
// time: a rank's own work, its wait for the slowest one, the exchange without waiting, and the work between steps.

import Foundation
import Reports

/// The seconds of a run by activity.
package struct TimeAccount: Sendable {
    package enum Activity: String, CaseIterable, Sendable {
        case load = "loading"
        case forward, backward, update
        case waiting = "waiting for the slowest rank"
        case exchange = "adding up gradients"
        case validation, checkpoints
    }

    package private(set) var steps = 0
    package let ranks: Int
    private var totals: [Activity: Double] = [:]

    /// The number of steps in which each rank was the slowest.
    private var slowest: [Int]

    package init(ranks: Int) { (self.ranks, slowest) = (ranks, Array(repeating: 0, count: ranks)) }

    package mutating func add(_ report: StepReport) {
        steps += 1
        slowest[report.slowest] += 1
        add(report.mean(.load), to: .load)
        add(report.mean(.forward), to: .forward)
        add(report.mean(.backward), to: .backward)
        add(report.mean(.update), to: .update)
        add(report.waiting, to: .waiting)
        add(report.exchange, to: .exchange)
    }

    package mutating func add(_ seconds: Double, to activity: Activity) { totals[activity, default: 0] += seconds }

    package func seconds(_ activity: Activity) -> Double { totals[activity] ?? 0 }

    /// The rank that was the slowest most often, and the fraction of the steps in which it was.
    package var usualSlowest: (rank: Int, part: Double) {
        let rank = slowest.indices.max { slowest[$0] < slowest[$1] } ?? 0
        return (rank, Double(slowest[rank]) / Double(max(steps, 1)))
    }
}

// In words

extension TimeAccount {
    /// A table of all activities, and a sentence about each that slows the run down; without line ends.
    ///
    /// - Parameters:
    ///   - wall: the elapsed seconds.
    ///   - hosts: the host name of each rank.
    package func summary(wall: Double, hosts: [String]) -> [String] {
        let mean = ranks == 1 ? "" : ", mean of \(counted(ranks, "rank"))"
        var table = Table(["\(counted(steps, "step"))\(mean)", "seconds", "share"])
        func add(_ name: String, _ seconds: Double) {
            table.add([name, String(format: "%.1f", seconds), String(format: "%.1f %%", 100 * seconds / wall)])
        }
        let known = Activity.allCases.filter { ranks > 1 || $0 != .waiting }
        for activity in known { add(activity.rawValue, seconds(activity)) }
        add("the rest", max(0, wall - known.reduce(0) { $0 + seconds($1) }))
        add("all", wall)
        return table.description.split(separator: "\n").map(String.init) + limits(wall: wall, hosts: hosts)
    }

    /// Sentences about activities that take more of the time than they should.
    private func limits(wall: Double, hosts: [String]) -> [String] {
        let found = Activity.allCases.filter { seconds($0) >= ($0.tolerated ?? .infinity) * wall }
            .sorted { seconds($0) > seconds($1) }
            .compactMap { activity in
                advice(activity, hosts: hosts).map {
                    "\(activity.rawValue): \(percent(seconds(activity) / wall)); \($0)"
                }
            }
        return found.isEmpty ? ["nothing but computing takes much time: more cores make it faster"] : found
    }

    private func advice(_ activity: Activity, hosts: [String]) -> String? {
        switch activity {
        case .forward, .backward, .update: nil
        case .load:
            "keep shards on a disk of each host (--sampling shard), and generate sequences beforehand (convlstm-shard generate)"
        case .waiting:
            "rank \(usualSlowest.rank) on \(hosts[usualSlowest.rank]) was the slowest in \(percent(usualSlowest.part)) "
                + "of the steps; give it as many free cores (mpirun --report-bindings) and as many sequences as the "
                + "others"
        case .exchange:
            ranks == 1 ? nil : "a larger --batch-size, or --threads in place of ranks, makes fewer exchanges"
        case .validation: "raise --evaluate-every, or hold back fewer sequences"
        case .checkpoints: "raise --checkpoint-every"
        }
    }

    private func percent(_ part: Double) -> String { "\(Int((100 * part).rounded())) %" }
}

extension TimeAccount.Activity {
    /// The fraction of a run's time above which an activity is reported; nil for computation.
    fileprivate var tolerated: Double? {
        switch self {
        case .forward, .backward, .update: nil
        case .load, .waiting, .exchange, .checkpoints: 0.05
        case .validation: 0.1
        }
    }
}
