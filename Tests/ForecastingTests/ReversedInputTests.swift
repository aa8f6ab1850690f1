import Shards
import Model
import Forecasting
import DataLoading
import Testing
import TrainingTestSupport

@Suite struct ReversedInputTests {
    /// A network that reads its input in reverse order forecasts the same as another from the reversed past.
    @Test func theForecasterTurnsThePast() throws {
        let weights = try exampleNetwork(oneOutputPerInput: true), pixels = exampleFrame.count
        let source = ExampleSource(count: 1), scale = ValueScale(source.valueRange, maxValue: 1)
        func forecast(_ past: [Float], reversed: Bool) throws -> [Float] {
            let forecaster = Forecaster(
                weights, inputFrames: 2, frames: 2, forecastOffset: 2, reversedInput: reversed, scale: scale)
            return try forecaster.forecasts(after: [past])[0]
        }
        let past = Array(try source.sequence(0)[..<(2 * pixels)])
        let turned = Array(past[pixels...] + past[..<pixels])
        #expect(try forecast(past, reversed: true) == forecast(turned, reversed: false))
        #expect(try forecast(past, reversed: true) != forecast(past, reversed: false))
    }
}
