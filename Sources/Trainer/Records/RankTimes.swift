// What each rank has spent its time on, for those who look for the one that holds up the others. The choice: sums over many steps,
// one line for each rank, since a line for each step and rank would be more than the rest of a run's records.

import Foundation
import Platform
import Supervision

/// The table ranks.csv of a run with several ranks, on rank 0.
final class RankTimes {
    private let file: LogFile

    /// The seconds of each rank by phase, since its last line.
    private var seconds: [[Double]]

    /// The time of the last lines.
    private var written = now()

    private static let phases = PhaseTimes.Phase.allCases

    /// The least seconds between lines; with more ranks than these there is a line a second.
    private static let interval = 10.0

    /// Opens the table of a folder, truncated to the step that the run resumes from.
    init(folder: String, ranks: Int, through step: Int) throws {
        let header = (["step", "rank"] + Self.phases.map { "\($0)_s" }).joined(separator: ",")
        file = try LogFile(path: folder + "/ranks.csv", header: header, through: step)
        seconds = Array(repeating: Self.none, count: ranks)
    }

    private static var none: [Double] { phases.map { _ in 0 } }

    func add(_ report: StepReport) {
        for (rank, its) in report.ranks.enumerated() {
            for phase in its.phases.indices { seconds[rank][phase] += its.phases[phase] }
        }
    }

    /// Writes the lines if the last ones are old enough, or in any case if they are the final ones.
    func write(at step: Int, isFinal: Bool) throws {
        guard isFinal || now() - written >= max(Self.interval, Double(seconds.count)) else { return }
        written = now()
        for rank in seconds.indices where seconds[rank].contains(where: { $0 > 0 }) {
            let cells = ["\(step)", "\(rank)"] + seconds[rank].map { String(format: "%.6f", $0) }
            try file.append(cells.joined(separator: ","))
            seconds[rank] = Self.none
        }
    }

    /// Removes the lines of steps beyond `step`, and forgets what is not written.
    func cutBack(to step: Int) throws {
        try file.cutBack(to: step)
        for rank in seconds.indices { seconds[rank] = Self.none }
    }
}
