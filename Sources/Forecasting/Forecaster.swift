// A trained network for inference: frames in, frames out, in the raw values of the data. The choice: sequences are
// forecast a few at a time, as many as make the products long enough. No bit of a forecast depends on which others are
// made with it, so threads share them out freely.

import Platform
import Distribution
import DataLoading
import Kernels
import Model
import Shards
import Synchronization

/// Forecasts the frames after given ones, for several sequences at a time.
package final class Forecaster {
    /// The number of input frames, and of forecast frames.
    package let inputFrames, frames: Int

    /// The size of a frame of the data. The network may see more: it is padded below and on the right with missing
    /// pixels, and what is forecast there is left out.
    package let frame: FeatureShape

    private let weights: PreparedNetwork<Float>
    private let forecastOffset: Int
    private let reversedInput: Bool
    private let input: InputFrame

    /// What the network sees of a frame.
    private let view: FrameView

    private var rollout: Rollout?

    /// Forecasters on the same network with memory of their own, for other threads.
    private var others: [Forecaster] = []

    /// - Parameters:
    ///   - weights: the trained network.
    ///   - forecastOffset: the frame that the first output stands for; see `SequenceDescription.firstForecast`.
    ///   - reversedInput: whether the network reads its input frames in reverse order.
    ///   - scale: the map from the values of the data to the network's.
    ///   - frame: the size of a frame of the data, no larger than the network's; nil for the network's.
    package init(
        _ weights: PreparedNetwork<Float>, inputFrames: Int, frames: Int, forecastOffset: Int,
        reversedInput: Bool = false, scale: ValueScale, frame: FeatureShape? = nil
    ) {
        (self.weights, self.forecastOffset, self.reversedInput) = (weights, forecastOffset, reversedInput)
        let network = weights.network
        input = InputFrame(scale, channels: network.frame.channels, readsMask: network.description.readsMask)
        (self.inputFrames, self.frames, self.frame) = (inputFrames, frames, frame ?? network.frame)
        view = FrameView(height: network.frame.height, width: network.frame.width)
    }

    /// The bytes that forecasts of so many sequences at a time take, shared among threads.
    ///
    /// Throws a `ModelError` about frames that the network cannot forecast.
    package func memory(forecasting sequences: Int, threads: Int) throws(ModelError) -> Int {
        let network = weights.network, parts = (0..<sequences).nonemptyParts(atMost: threads)
        let together = min(parts.map(\.count).max() ?? 1, network.sequencesOfAForecast)
        let unrolling = Unrolling(
            network, inputFrames: inputFrames, forecasting: frames, forecastOffset: forecastOffset)
        let each = try network.forecastMemory(batch: together, unrolling)
        return each < Network<Float>.uncountable ? parts.count * each : each
    }

    /// This forecaster, and others on the same network with memory of their own, one for each of some threads.
    func forThreads(_ count: Int) -> [Forecaster] {
        while others.count < count - 1 {
            others.append(
                Forecaster(
                    weights, inputFrames: inputFrames, frames: frames, forecastOffset: forecastOffset,
                    reversedInput: reversedInput, scale: input.scale, frame: frame))
        }
        return [self] + others.prefix(max(0, count - 1))
    }

    /// The raw values of the frames after each past, of which each thread computes an equal part.
    package func forecasts(after pasts: [[Float]], on pool: ThreadPool) throws -> [[Float]] {
        let parts = pasts.indices.nonemptyParts(atMost: pool.size), forecasters = forThreads(parts.count)
        let found = Mutex([[[Float]]](repeating: [], count: parts.count))
        try pool.run(parts.count) { thread in
            let forecasts = try forecasters[thread].forecasts(after: Array(pasts[parts[thread]]))
            found.withLock { $0[thread] = forecasts }
        }
        return found.withLock { Array($0.joined()) }
    }

    /// The raw values of the frames after each past.
    ///
    /// - Parameter pasts: raw values (input frames, height, width, channels) each.
    /// - Returns: raw values (frames, height, width, channels) for each past.
    package func forecasts(after pasts: [[Float]]) throws(ModelError) -> [[Float]] {
        var forecasts: [[Float]] = []
        for batch in pasts.indices.chunks(of: weights.network.sequencesOfAForecast) {
            forecasts += try forecast(pasts[batch])
        }
        return forecasts
    }

    /// The raw values of the frames after each past, computed together.
    private func forecast(_ pasts: ArraySlice<[Float]>) throws(ModelError) -> [[Float]] {
        let rollout = try rollout(batch: pasts.count)
        var window = [Float](repeating: 0, count: weights.network.frame.count)
        for (place, past) in pasts.enumerated() {
            precondition(past.count == inputFrames * frame.count, "\(past.count) numbers for \(inputFrames) x \(frame)")
            let values = SequenceValues(past)
            for t in 0..<inputFrames {
                let place = rollout.input[reversedInput ? inputFrames - 1 - t : t][place]
                view.see(values, frame: t, of: frame, in: &window) { input.put($0, into: place) }
            }
        }
        rollout.forward()
        return (0..<pasts.count).map { forecast($0, of: rollout) }
    }

    private func forecast(_ place: Int, of rollout: Rollout) -> [Float] {
        let made = weights.network.frame
        var values: [Float] = [], image = [Float](repeating: 0, count: made.count)
        values.reserveCapacity(frames * frame.count)
        for t in 0..<frames {
            var span = image.mutableSpan
            input.scale.restore(rollout.output[t][place].span, into: &span)
            if made == frame {
                values += image
            } else {
                let row = made.width * made.channels
                for y in 0..<frame.height { values += image[y * row..<y * row + frame.width * frame.channels] }
            }
        }
        return values
    }

    /// The memory for a batch size, kept for the next batch of this size.
    private func rollout(batch: Int) throws(ModelError) -> Rollout {
        if let rollout, rollout.batch == batch { return rollout }
        rollout = nil
        let new = try Rollout(
            weights, batch: batch, inputFrames: inputFrames, frames: frames, forecastOffset: forecastOffset)
        rollout = new
        return new
    }
}
