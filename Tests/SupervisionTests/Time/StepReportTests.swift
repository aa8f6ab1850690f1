import Supervision
import Foundation
import Testing
import TrainingTestSupport

@Suite struct StepReportTests {
    /// A report with the seconds of load, forward, backward and update, and those of reduce.
    private func rank(_ work: [Double], reduce: Double, stop: StopReason? = nil) -> RankReport {
        RankReport(phases: [work[0], work[1], work[2], reduce, work[3]], stop: stop)
    }

    @Test func theSlowestRankIsTheOneWithMostWorkOfItsOwn() {
        let report = StepReport(ranks: [
            rank([0.1, 1, 2, 0.1], reduce: 3.5), rank([0.5, 2, 3.5, 0.25], reduce: 0.5),
            rank([0.1, 1, 1.5, 0.1], reduce: 4), rank([0.1, 1, 2.5, 0.1], reduce: 3),
        ])
        #expect(report.slowest == 1 && report.slowestBusy == 6.25)
        #expect(abs(report.othersBusy - 3.2) < 1e-12 && report.exchange == 0.5)
        #expect(abs(report.waiting - (6.25 - (3.2 + 6.25 + 2.7 + 3.7) / 4)) < 1e-12)
        #expect(report.longest(.backward) == 3.5 && report.mean(.forward) == 1.25 && report.stop == nil)
    }

    @Test func aRankAloneWaitsForNobody() {
        let report = StepReport(ranks: [rank([1, 2, 3, 4], reduce: 5)])
        #expect(report.slowest == 0 && report.waiting == 0 && report.othersBusy == 10 && report.exchange == 5)
    }

    @Test func everyRankBringsItsRowAndLeavesOthersAlone() throws {
        let mine = rank([1, 2, 3, 4], reduce: 5, stop: .signal(SIGUSR1)), nothing = rank([0, 0, 0, 0], reduce: 0)
        for place in 0..<3 {
            let report = try StepReport.gathered(mine, over: LoneRank(place, of: 3))
            #expect(report.ranks == (0..<3).map { $0 == place ? mine : nothing })
            #expect(report.stop == .signal(SIGUSR1))
        }
    }

    @Test func oneRankStopsAll() {
        let (go, late) = (rank([1, 1, 1, 1], reduce: 1), rank([1, 1, 1, 1], reduce: 1, stop: .timeLimit))
        #expect(StepReport(ranks: [go, go]).stop == nil)
        #expect(
            StepReport(ranks: [go, late, rank([1, 1, 1, 1], reduce: 1, stop: .signal(SIGTERM))]).stop == .timeLimit)
    }

    @Test func whoeverEndsItSaysSoInTheExitCode() {
        let codes: [(StopReason, Int32)] = [
            (.timeLimit, 75), (.signal(SIGUSR1), 75), (.signal(SIGUSR2), 75), (.signal(SIGINT), 130),
            (.signal(SIGTERM), 143),
        ]
        for (reason, code) in codes {
            #expect(reason.exitCode == code && StopReason(number: reason.number) == reason)
        }
        #expect(StopReason(number: 0) == nil)
    }

    /// An exchange between ranks in the middle of a pass does not count as this rank's own work.
    @Test func anExchangeWithinAPhaseIsCountedOnce() {
        let times = PhaseTimes()
        times.measure(.forward) { times.exchange(of: 100) }
        times.measure(.backward) {}
        let (forward, reduce) = (times.seconds[1], times.seconds[3])
        #expect(reduce == 100 && forward < -99 && abs(forward + reduce) < 1 && times.seconds[2] >= 0)
    }
}
