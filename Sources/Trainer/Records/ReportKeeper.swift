// Keeps the report of a run up to date while it trains. The choice: a report is for people and no result, so it takes at most a
// hundredth of the time, and one that cannot be written ends no run.

import Formats
import Platform

/// What writes the report of the run in a folder; `isFinal` where the process makes no more steps. Returns what draws its
/// forecasts.
package typealias ReportWriter = (_ run: String, _ isFinal: Bool) throws -> () -> [ReportPicture]

/// A picture of a forecast, for those who look at a run in other ways.
package struct ReportPicture: Sendable {
    /// Which of the pictures of a report it is, the same ones in each report.
    package let name: String

    package let picture: Picture

    package init(name: String, _ picture: Picture) { (self.name, self.picture) = (name, picture) }
}

/// The report of a run, on rank 0.
final class ReportKeeper {
    private let run: String
    private let write: ReportWriter

    /// When the last report was done, and how many seconds it took; at first, the start.
    private var last = (end: now(), seconds: 0.0)

    private var hasComplained = false

    /// How much more time is spent on training than on reports, and the least seconds of it.
    private static let share = 100.0
    private static let interval = 10.0

    init(of run: String, _ write: @escaping ReportWriter) { (self.run, self.write) = (run, write) }

    /// Writes the report if the last one is old enough, or in any case if it is the final one.
    ///
    /// - Returns: what draws the forecasts of a new report, or a warning, the first time that it cannot be written.
    func update(isFinal: Bool = false) -> (pictures: (() -> [ReportPicture])?, complaint: String?) {
        let start = now()
        if !isFinal, start - last.end < max(Self.interval, Self.share * last.seconds) { return (nil, nil) }
        defer { last = (now(), now() - start) }
        do {
            return (try write(run, isFinal), nil)
        } catch {
            defer { hasComplained = true }
            return (nil, hasComplained ? nil : "warning: the run's report is not written: \(error)")
        }
    }
}
