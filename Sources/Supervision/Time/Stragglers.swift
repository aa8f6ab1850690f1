// Detection of a rank that is repeatedly slower than the others. The choice: it judges a window of steps, because
// any rank is the slowest now and then, and reports at most once per window.

import Reports

/// Watches for ranks that all others wait for.
package struct Stragglers: Sendable {
    /// The number of steps that are judged together.
    package static let window = 100

    /// The fraction of the window in which the same rank must be the slowest, and the fraction by which its work
    /// must exceed that of the others.
    private static let often = 0.75, excess = 0.1

    private var reports: [StepReport] = []

    package init() {}

    /// Records the next step, and returns a sentence about a rank that has held up the last hundred.
    ///
    /// - Parameter hosts: the host name of each rank.
    package mutating func sentence(after report: StepReport, hosts: [String]) -> String? {
        reports.append(report)
        guard reports.count == Self.window else { return nil }
        defer { reports = [] }
        let uneven = reports.filter { $0.slowestBusy > (1 + Self.excess) * $0.othersBusy }
        let late = Dictionary(grouping: uneven, by: \.slowest)
        guard let (rank, steps) = late.max(by: { ($0.value.count, $1.key) < ($1.value.count, $0.key) }),
            Double(steps.count) >= Self.often * Double(Self.window)
        else { return nil }
        return "rank \(rank) on \(hosts[rank]) held up \(steps.count) of the last \(Self.window) steps: its own work "
            + "took \(shortTimeInWords(steps.map(\.slowestBusy).median)) and that of the others "
            + shortTimeInWords(steps.map(\.othersBusy).median)
    }
}
