import Model
import Testing

@Suite struct ContingencyTableTests {
    /// The values of pysteps, whose events are above the threshold.
    @Test(
        arguments: [
            (.pod, 0.433333), (.far, 0.551724), (.pofd, 0.470588), (.csi, 0.282609), (.bias, 0.966667),
            (.hss, -0.037328), (.hk, -0.037255), (.ets, -0.018322), (.sedi, -0.053859), (.mcc, -0.037347),
            (.f1, 0.440678), (.acc, 0.484375),
        ] as [(CategoricalScore, Double)])
    func scoresAbove(_ score: CategoricalScore, _ value: Double) {
        let table = ReferenceFields().table(.above)
        #expect(table == ContingencyTable(hits: 13, misses: 17, falseAlarms: 16, correctNegatives: 18))
        #expect(isRounded(table.value(of: score), value))
    }

    @Test(
        arguments: [(.csi, 0.365385), (.pod, 0.527778), (.far, 0.457143), (.bias, 0.972222), (.hss, -0.043478)]
            as [(CategoricalScore, Double)])
    func scoresAtOrAbove(_ score: CategoricalScore, _ value: Double) {
        let table = ReferenceFields().table(.atOrAbove)
        #expect(table == ContingencyTable(hits: 19, misses: 17, falseAlarms: 16, correctNegatives: 12))
        #expect(isRounded(table.value(of: score), value))
    }

    @Test(
        arguments: [(.csi, 0.352941), (.pod, 0.514286), (.far, 0.470588), (.bias, 0.971429), (.ets, -0.027682)]
            as [(CategoricalScore, Double)])
    func aMissingPixelIsInNoCount(_ score: CategoricalScore, _ value: Double) {
        let table = ReferenceFields(hasHole: true).table(.atOrAbove)
        #expect(table.hits == 18 && table.falseAlarms == 16 && table.misses == 17 && table.total == 63)
        #expect(isRounded(table.value(of: score), value))
    }

    @Test(arguments: [ScoreRules.Event.above, .atOrAbove]) func neitherFieldCountsWhereTheOtherHasNothing(
        event: ScoreRules.Event
    ) {
        let nothing = Float.nan, forecast: [Float] = [9, nothing, nothing, 0, 9, 5],
            truth: [Float] = [nothing, 9, nothing, 0, 9, 0]
        var table = ContingencyTable()
        table.count(forecast.span, truth.span, threshold: 5, event: event)
        #expect(
            table
                == ContingencyTable(
                    hits: 1, misses: 0, falseAlarms: event == .above ? 0 : 1, correctNegatives: event == .above ? 2 : 1)
        )
    }

    /// A threshold is rounded as values are, so that 0.7 is an event at 0.7.
    @Test func valuesAtTheThresholdAreEvents() {
        let fields: [Float] = [0.7, 0.1, 0.3]
        for threshold in [0.7, 0.1, 0.3] {
            var scores = ForecastScores(
                ScoreRequest(thresholds: [threshold]), frames: 1, height: 1, width: 3, channels: 1)
            scores.add(forecast: fields.span, truth: fields.span)
            #expect(scores.all.tables[0].hits == fields.count { Double($0) > threshold - 0.01 })
        }
    }

    @Test func aRatioOfNothingIsNoScore() {
        let dry = ContingencyTable(hits: 0, misses: 0, falseAlarms: 0, correctNegatives: 9)
        for score in CategoricalScore.allCases {
            #expect((dry.value(of: score) == nil) == (score != .acc && score != .pofd), "\(score)")
            #expect(ContingencyTable().value(of: score) == nil, "\(score)")
        }
        let perfect = ContingencyTable(hits: 3, misses: 0, falseAlarms: 0, correctNegatives: 5)
        for (score, value) in [(CategoricalScore.csi, 1.0), (.hss, 1), (.ets, 1), (.far, 0), (.bias, 1), (.mcc, 1)] {
            #expect(perfect.value(of: score) == value, "\(score)")
        }
        #expect(perfect.value(of: .sedi) == nil)
    }

    /// HSS = 2 ETS / (1 + ETS), also where products of counts are beyond 2^63.
    @Test(arguments: [1, 1000, 1_000_000_007, 1 << 40]) func largeCountsAreExact(scale: Int) throws {
        let table = ContingencyTable(
            hits: 13 * scale, misses: 17 * scale, falseAlarms: 16 * scale, correctNegatives: 18 * scale)
        let hss = try #require(table.value(of: .hss)), ets = try #require(table.value(of: .ets))
        #expect(abs(hss - 2 * ets / (1 + ets)) < 1e-15 && isRounded(hss, -0.037328))
    }
}
