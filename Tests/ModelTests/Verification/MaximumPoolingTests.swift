import Model
import Testing

@Suite struct MaximumPoolingTests {
    private func table(
        _ forecast: [Float], _ truth: [Float], height: Int, width: Int, channels: Int = 1, pool: Int
    ) -> ContingencyTable {
        var scores = ForecastScores(
            ScoreRequest(thresholds: [5], pools: [pool]), frames: 1, height: height, width: width, channels: channels)
        scores.add(forecast: forecast.span, truth: truth.span)
        return scores.all.pooled[0][0]
    }

    /// Five rows and columns hold four blocks of two; the last row and column are in none.
    @Test func incompleteBlocksAreDropped() {
        var forecast = [Float](repeating: 0, count: 25), truth = forecast
        forecast[0] = 9
        truth[6] = 9
        truth[2] = 5
        forecast[24] = 9
        truth[4] = 9
        #expect(
            table(forecast, truth, height: 5, width: 5, pool: 2)
                == ContingencyTable(hits: 1, misses: 1, falseAlarms: 0, correctNegatives: 2))
    }

    @Test func aBlockOfMissingPixelsCountsNowhere() {
        let nothing = Float.nan
        let truth: [Float] = [nothing, nothing, 9, nothing, nothing, nothing, -3, nothing]
        let forecast: [Float] = [9, 9, 2, 9, 9, 9, -4, 9]
        #expect(
            table(forecast, truth, height: 2, width: 4, pool: 2)
                == ContingencyTable(hits: 0, misses: 1, falseAlarms: 0, correctNegatives: 0))
        let negative: [Float] = [nothing, nothing, -9, nothing, nothing, nothing, -3, nothing]
        #expect(
            table(forecast, negative, height: 2, width: 4, pool: 2)
                == ContingencyTable(hits: 0, misses: 0, falseAlarms: 0, correctNegatives: 1))
    }

    @Test func channelsAreBlocksOfTheirOwn() {
        let forecast: [Float] = [9, 0, 0, 0, 0, 0, 0, 9], truth: [Float] = [0, 0, 0, 9, 9, 0, 0, 0]
        #expect(
            table(forecast, truth, height: 2, width: 2, channels: 2, pool: 2)
                == ContingencyTable(hits: 2, misses: 0, falseAlarms: 0, correctNegatives: 0))
    }
}
