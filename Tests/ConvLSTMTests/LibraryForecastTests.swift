import ConvLSTM
import Testing

/// Forecasts and what they are compared with.
@Suite struct LibraryForecastTests {
    private let model: VideoModel

    init() throws { model = try VideoModel(smallNetwork, frame: waveFrame, seed: 3) }

    @Test func forecastsAreOfTheShapeThatWasAskedFor() throws {
        for (given, asked) in [(1, 1), (2, 7), (6, 1)] {
            let forecast = try model.forecast(from: .waves(3, frames: given), frames: asked)
            #expect(forecast.shape == [3, asked, 8, 6, 1])
        }
    }

    @Test func aForecastDependsOnNeitherThreadsNorTheOtherSequences() throws {
        let batch = try VideoBatch.waves(5, frames: 3),
            forecast = try model.forecast(from: batch, frames: 4, threads: 1)
        for threads in [2, 3, 8] {
            #expect(try model.forecast(from: batch, frames: 4, threads: threads) == forecast)
        }
        for sequence in 0..<5 {
            let alone = try model.forecast(from: batch.sequences(sequence..<sequence + 1), frames: 4)
            #expect(alone == (try forecast.sequences(sequence..<sequence + 1)))
        }
        // More frames begin with the same.
        #expect(try model.forecast(from: batch, frames: 9).frames(0..<4) == forecast)
    }

    /// With the linear function at its end, a network that knows nothing forecasts values below 0, too.
    @Test func theOutputActivationIsTheLastFunction() throws {
        var network = smallNetwork
        network.outputActivation = .linear
        let batch = try VideoBatch.waves(2, frames: 3)
        let linear = try VideoModel(network, frame: waveFrame, seed: 3).forecast(from: batch, frames: 2)
        let sigmoid = try model.forecast(from: batch, frames: 2)
        #expect(linear.values.contains { $0 < 0 } && sigmoid.values.allSatisfy { $0 > 0 && $0 < 1 })
    }

    @Test func slicesAreOfSequencesAndOfFrames() throws {
        let batch = try VideoBatch((0..<12).map(Float.init), shape: [2, 3, 1, 2, 1])
        #expect(try batch.frames(1..<3) == VideoBatch([2, 3, 4, 5, 8, 9, 10, 11], shape: [2, 2, 1, 2, 1]))
        #expect(try batch.sequences(1..<2) == VideoBatch([6, 7, 8, 9, 10, 11], shape: [1, 3, 1, 2, 1]))
    }

    @Test func theLastFrameIsWhatAForecastHasToBeat() throws {
        let batch = try VideoBatch((0..<12).map(Float.init), shape: [2, 3, 1, 2, 1])
        let last = try batch.lastFrame(repeated: 2)
        #expect(last == (try VideoBatch([4, 5, 4, 5, 10, 11, 10, 11], shape: [2, 2, 1, 2, 1])))
        let truth = try batch.frames(0..<2)
        // 4, 4, 2 and 2 apart.
        #expect(try last.meanSquaredError(to: truth) == 10)
    }
}
