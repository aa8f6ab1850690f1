import Supervision
import Testing

@Suite struct TimeAccountTests {
    /// A step with the given seconds of work per rank and of exchange.
    private func step(_ busy: [Double], exchange: Double) -> StepReport {
        let slowest = busy.max()!
        return StepReport(
            ranks: busy.map { busy in
                RankReport(phases: [busy / 8, busy / 4, busy / 2, slowest - busy + exchange, busy / 8])
            })
    }

    private func account(_ steps: [StepReport]) -> TimeAccount {
        var account = TimeAccount(ranks: steps[0].ranks.count)
        for step in steps { account.add(step) }
        return account
    }

    /// The parts add up to wall time for any times of the ranks.
    @Test(arguments: [1, 2, 3, 7]) func thePartsAddUpToTheTimeOnTheClock(ranks: Int) {
        func work(_ rank: Int, _ step: Int) -> Double { 1 + Double((rank * 31 + step * 17) % 11) / 5 }
        let works: [[Double]] = (0..<50).map { step in (0..<ranks).map { work($0, step) } }
        let account = account(works.map { step($0, exchange: 0.25) })
        let wall: Double = works.reduce(0.0) { $0 + $1.max()! + 0.25 }
        let sum: Double = TimeAccount.Activity.allCases.reduce(0.0) { $0 + account.seconds($1) }
        #expect(abs(sum - wall) < 1e-9 * wall && account.steps == 50)
        #expect((account.seconds(.waiting) == 0) == (ranks == 1))
        #expect(abs(account.seconds(.exchange) - 12.5) < 1e-9)
    }

    @Test func theTableShowsEachPart() {
        var account = account(Array(repeating: step([4, 4], exchange: 1), count: 10))
        account.add(30, to: .validation)
        account.add(10, to: .checkpoints)
        let lines = account.summary(wall: 100, hosts: ["a", "b"]).map {
            $0.split(separator: " ").joined(separator: " ")
        }
        #expect(lines[0] == "10 steps, mean of 2 ranks seconds share")
        for line in [
            "loading 5.0 5.0 %", "forward 10.0 10.0 %", "backward 20.0 20.0 %", "update 5.0 5.0 %",
            "waiting for the slowest rank 0.0 0.0 %", "adding up gradients 10.0 10.0 %", "validation 30.0 30.0 %",
            "checkpoints 10.0 10.0 %", "the rest 10.0 10.0 %", "all 100.0 100.0 %",
        ] { #expect(lines.contains(line), "\(lines)") }
        let advice = lines.drop { !$0.hasPrefix("all ") }.dropFirst()
        let named = ["adding up gradients", "checkpoints", "loading", "validation"]
        #expect(advice.map { String($0.prefix { $0 != ":" }) }.sorted() == named)
        #expect(advice.first == "validation: 30 %; raise --evaluate-every, or hold back fewer sequences")
    }

    @Test func theRankThatHoldsUpTheOthersIsNamed() {
        let account = account((0..<10).map { step($0 < 2 ? [2, 1, 1] : [1, 1, 2], exchange: 0) })
        #expect(account.usualSlowest.rank == 2 && account.usualSlowest.part == 0.8)
        let lines = account.summary(wall: 20, hosts: ["a", "b", "c"])
        let sentence = "waiting for the slowest rank: 33 %; rank 2 on c was the slowest in 80 % of the steps; "
        #expect(lines.contains { $0.hasPrefix(sentence) }, "\(lines)")
    }

    @Test func whereAllIsWellTheSummarySaysSo() {
        let one = account([step([100], exchange: 0)]), lines = one.summary(wall: 1000, hosts: ["a"])
        #expect(lines.last == "nothing but computing takes much time: more cores make it faster")
        #expect(lines[0].hasPrefix("1 step ") && !lines.contains { $0.contains("slowest") })
    }

    /// A hundred steps are judged together: a rank is reported if it is the slowest in three quarters of them, by a
    /// tenth.
    @Test(arguments: [(75, 2.0, true), (74, 2.0, false), (100, 1.5, true), (100, 1.05, false), (0, 1, false)])
    func aRankIsSlowerAgainAndAgain(late: Int, work: Double, isNamed: Bool) {
        var stragglers = Stragglers()
        for round in 0..<2 {
            let sentences = (0..<Stragglers.window).map { number in
                let isLate = number < late
                return stragglers.sentence(
                    after: step(isLate ? [1, work, 1] : [1, 1, 1], exchange: 0), hosts: ["a", "b", "c"])
            }
            #expect(sentences.dropLast().allSatisfy { $0 == nil }, "round \(round)")
            let sentence =
                "rank 1 on b held up \(late) of the last 100 steps: its own work took \(work) s and "
                + "that of the others 1.0 s"
            #expect(sentences.last! == (isNamed ? sentence : nil), "round \(round)")
        }
    }

    @Test func ranksThatTakeTurnsAreNotNamed() {
        var stragglers = Stragglers()
        for number in 0..<300 {
            let busy = (0..<3).map { $0 == number % 3 ? 2.0 : 1 }
            #expect(stragglers.sentence(after: step(busy, exchange: 0), hosts: ["a", "b", "c"]) == nil)
        }
    }
}
