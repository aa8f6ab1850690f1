import Shards
import Forecasting
import DataLoading
import Kernels
import Model
import NetworkTestSupport
import Testing
import TrainingTestSupport

@Suite struct RolloutTests {
    @Test(arguments: [1, 2, 3, 7]) func anEncoderForecasterUnrollsOverTheFramesAskedFor(frames: Int) throws {
        let weights = try exampleNetwork(oneOutputPerInput: false)
        let unrolled = try UnrolledNetwork(
            weights.network, batch: 2, Unrolling(inputFrames: 3, outputFrames: frames, forecastOffset: 3))
        fill(unrolled.input)
        unrolled.forward(weights)
        let found = try forecast(weights, frames: frames, inputFrames: 3), expected = numbers(unrolled.output)
        // BLAS may round products of one image otherwise than those of many.
        #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 1e-6 } && found.count == expected.count)
    }

    /// The input of the forecaster is zeros, so the first frames do not depend on the length.
    @Test func aLongerForecastBeginsAsAShorterOne() throws {
        let weights = try exampleNetwork(oneOutputPerInput: false)
        let short = try forecast(weights, frames: 3, inputFrames: 3)
        #expect(Array(try forecast(weights, frames: 9, inputFrames: 3)[..<short.count]) == short)
    }

    /// After the given frames, the network reads its own outputs from `lead` steps before. The result equals that
    /// of a run that was given those frames from the start.
    @Test(arguments: [1, 2, 3, 4, 5], [1, 2]) func oneOutputPerInputGoesOnFromItsOwnForecasts(
        frames: Int, forecastOffset: Int
    ) throws {
        let weights = try exampleNetwork(oneOutputPerInput: true), frame = 2 * exampleFrame.count
        let found = try forecast(weights, frames: frames, inputFrames: 2, forecastOffset: forecastOffset)
        let all = 2 + frames,
            unrolled = try UnrolledNetwork(
                weights.network, batch: 2,
                Unrolling(inputFrames: all, outputFrames: all, forecastOffset: forecastOffset))
        fill(unrolled.input[0..<2])
        var input = unrolled.input.mutableSpan
        for i in found.indices { input[2 * frame + i] = found[i] }
        unrolled.forward(weights)
        let first = (2 - forecastOffset) * frame
        let expected = numbers(unrolled.output)[first..<first + found.count]
        #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 1e-6 } && found.count == expected.count)
    }

    private func forecast(
        _ weights: PreparedNetwork<Float>, frames: Int, inputFrames: Int, forecastOffset: Int? = nil
    ) throws -> [Float] {
        let rollout = try Rollout(
            weights, batch: 2, inputFrames: inputFrames, frames: frames, forecastOffset: forecastOffset ?? inputFrames)
        fill(rollout.input)
        rollout.forward()
        #expect(rollout.output.shape == [frames, 2, 8, 7, 1])
        return numbers(rollout.output)
    }

    private func fill(_ tensor: Tensor<Float>) {
        var values = tensor.mutableSpan
        for i in values.indices { values[i] = Float(i * 13 % 29) / 29 }
    }
}

@Suite struct ForecasterTests {
    @Test func memoryIsThatOfEachThreadsRollout() throws {
        let weights = try exampleNetwork(oneOutputPerInput: false)
        let forecaster = Forecaster(
            weights, inputFrames: 3, frames: 5, forecastOffset: 3, scale: ValueScale(0...1, maxValue: 1))
        let together = min(2, weights.network.sequencesOfAForecast)
        let held = try MemoryCount.bytes {
            try (0..<3).map { _ in
                try Rollout(weights, batch: together, inputFrames: 3, frames: 5, forecastOffset: 3)
            }
        }
        #expect(try forecaster.memory(forecasting: 6, threads: 3) == held && held > 0)
    }

    @Test func rawValuesAreScaledOnTheWayInAndBackOnTheWayOut() throws {
        let weights = try exampleNetwork(oneOutputPerInput: false), source = ExampleSource(count: 1)
        let past = Array(try source.sequence(0)[..<(3 * exampleFrame.count)])
        let rollout = try Rollout(weights, batch: 1, inputFrames: 3, frames: 2, forecastOffset: 3)
        var input = rollout.input.mutableSpan
        for i in past.indices { input[i] = (past[i] + 2) / 8 * 255 }
        rollout.forward()
        let expected = numbers(rollout.output).map { $0 / 255 * 8 - 2 }
        let scale = ValueScale(source.valueRange, maxValue: 255)
        let found = try Forecaster(weights, inputFrames: 3, frames: 2, forecastOffset: 3, scale: scale).forecasts(
            after: [past])[
                0]
        #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 1e-4 } && found.count == expected.count)
    }

    /// Threads and batches change no bit.
    @Test(arguments: [false, true]) func aSequenceIsForecastAlikeInAnyBatch(oneOutputPerInput: Bool) throws {
        let source = ExampleSource(count: 5)
        let pasts = try (0..<5).map { Array(try source.sequence($0)[..<(3 * exampleFrame.count)]) }
        let forecaster = Forecaster(
            try exampleNetwork(oneOutputPerInput: oneOutputPerInput), inputFrames: 3, frames: 4, forecastOffset: 3,
            scale: ValueScale(source.valueRange, maxValue: 1))
        let together = try forecaster.forecasts(after: pasts)
        for (past, forecast) in zip(pasts, together) {
            #expect(try forecaster.forecasts(after: [past])[0] == forecast)
        }
        for threads in [1, 2, 3, 5, 8] {
            #expect(try forecaster.forecasts(after: pasts, on: ThreadPool(threads)) == together, "\(threads)")
        }
        #expect(try forecaster.forecasts(after: [], on: ThreadPool(2)).isEmpty)
        #expect(together[0] != together[1])
    }

    @Test func aRangeOfOneValueScalesToZeroAndBack() {
        let scale = ValueScale(3...3, maxValue: 255), raw: [Float] = [3, 3, 3]
        var values: [Float] = [9, 9, 9], back: [Float] = [9, 9, 9]
        var span = values.mutableSpan
        scale.scaleInput(raw.span, into: &span)
        #expect(values == [0, 0, 0])
        var other = back.mutableSpan
        scale.restore(values.span, into: &other)
        #expect(back == raw)
    }
}
