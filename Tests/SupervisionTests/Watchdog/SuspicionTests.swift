import Supervision
import Configuration
import Testing

/// A rank of three, in the middle of a step.
private func sign(
    _ rank: Int, waits: Bool = true, seconds: Double = 0, beat: Int = 7, stage: Heartbeat.Stage = .step
) -> LifeSign {
    var moment = Heartbeat.Moment()
    (moment.stage, moment.step, moment.waits) = (stage, 12, waits)
    moment.phases = [waits ? "reduce" : "backward"]
    return LifeSign(rank: rank, host: "node\(rank)", process: 1, beat: beat, moment: moment, seconds: seconds)
}

private func sentence(_ own: LifeSign, _ others: [Suspicion.Sighting]) -> String? {
    Suspicion(own: own, others: others, limit: 60, longestSilence: 15).sentence
}

private func sighting(_ sign: LifeSign, silence: Double = 0) -> Suspicion.Sighting {
    Suspicion.Sighting(rank: sign.rank, sign: sign, silence: silence)
}

@Suite struct SuspicionTests {
    @Test func whoMakesProgressSuspectsNobody() {
        #expect(sentence(sign(0, seconds: 60), [sighting(sign(1), silence: 99), sighting(sign(2))]) == nil)
    }

    @Test func whoWorksTooLongNamesItself() throws {
        let own = sign(0, waits: false, seconds: 64.4)
        let found = try #require(sentence(own, [sighting(sign(1), silence: 99), sighting(sign(2))]))
        #expect(found.hasPrefix("rank 0 of 3 on node0 is stuck: 64 s in backward of step 12; "))
        #expect(sentence(sign(0, waits: false, seconds: 64), [])?.hasPrefix("rank 0 of 1 on node0 is stuck") == true)
    }

    @Test func whoWaitsNamesThoseWithoutASign() throws {
        let silent = sighting(sign(1, waits: false, seconds: 3), silence: 15.1)
        let found = try #require(sentence(sign(0, seconds: 70), [silent, sighting(sign(2, seconds: 70))]))
        #expect(
            found.hasPrefix(
                "rank 1 of 3 on node1 is stuck: no sign of life while rank 0 waited for 70 s, last seen in backward of "
                    + "step 12; "))
        #expect(!found.contains("node2"))
    }

    /// A rank that writes a checkpoint, for example, has a limit of its own.
    @Test func whoWorksIsNotNamedByOthers() {
        let busy = sighting(sign(1, waits: false, seconds: 500, stage: .checkpoint))
        #expect(sentence(sign(0, seconds: 500), [busy, sighting(sign(2, seconds: 500))]) == nil)
    }

    @Test func ranksThatAllWaitAreTold() throws {
        let others = [1, 2].map { sighting(sign($0, seconds: 61)) }
        #expect(sentence(sign(0, seconds: 70), others)?.hasPrefix("all 3 ranks wait for each other: rank 0") == true)
        #expect(sentence(sign(0, seconds: 70), [others[0], sighting(sign(2, seconds: 5))]) == nil)
    }

    @Test func ranksThatCannotBeSeenGetMuchLonger() {
        let unseen = [sighting(sign(1)), Suspicion.Sighting(rank: 2, sign: nil, silence: 0)]
        #expect(sentence(sign(0, seconds: 1799), unseen) == nil)
        #expect(sentence(sign(0, seconds: 1801), unseen)?.contains("cannot see from here what rank 2 does") == true)
    }
}

@Suite struct WatchLimitTests {
    @Test func limitsScaleWithWhatTheSameHasTaken() {
        #expect(WatchLimit.automatic.seconds(for: .step, slowest: 0.1) == 60)
        #expect(WatchLimit.automatic.seconds(for: .step, slowest: 10) == 200)
        #expect(WatchLimit.automatic.seconds(for: .validation, slowest: 600) == 12_000)
        #expect(WatchLimit.automatic.seconds(for: .firstStep, slowest: nil) == 1800)
        #expect(WatchLimit.seconds(5).seconds(for: .step, slowest: 10) == 5)
        #expect(WatchLimit.seconds(5).seconds(for: .checkpoint, slowest: 10) == 150)
    }

    @Test func onlyLimitsAreLimits() {
        #expect(WatchLimit("off") == .off && WatchLimit("automatic") == .automatic)
        #expect(WatchLimit("2.5") == .seconds(2.5) && WatchLimit.seconds(2.5).text == "2.5")
        #expect(WatchLimit.seconds(30).text == "30")
        for text in ["", "on", "0", "-1", "nan", "inf", "1e9"] { #expect(WatchLimit(text) == nil, "\(text)") }
    }
}

@Suite struct HeartbeatTests {
    /// A job that was suspended as a whole for a minute does not count that minute.
    @Test func whoeverSleepsDoesNotAge() {
        var clock = WakingClock(100, interval: 3)
        #expect(clock.seconds(until: 103) == 3)
        #expect(clock.seconds(until: 163) == 6)
        #expect(clock.seconds(until: 166.5) == 3.5)
    }

    @Test func theFirstStepIsAStageOfItsOwn() {
        let heartbeat = Heartbeat()
        for step in 1...3 { heartbeat.begin(.step, step: step) }
        #expect(heartbeat.moment.stage == .step && heartbeat.moment.step == 3 && heartbeat.moment.changes == 3)
        heartbeat.begin(.validation, step: 3)
        #expect(heartbeat.slowest(.validation) == nil && heartbeat.moment.inWords == "in the validation after step 3")
        heartbeat.begin(.step, step: 4)
        #expect(heartbeat.moment.stage == .step && heartbeat.slowest(.validation) != nil)
    }
}
