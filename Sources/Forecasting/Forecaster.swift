// A trained network for inference: frames in, frames out, in the raw values of the data.

import Platform
import Distribution
import DataLoading
import Kernels
import Model
import Synchronization

/// Forecasts the frames after given ones, for several sequences at a time.
package final class Forecaster {
    /// The number of input frames, and of forecast frames.
    package let inputFrames, frames: Int

    /// The size of a frame.
    package let frame: FeatureShape

    private let weights: PreparedNetwork<Float>
    private let forecastOffset: Int
    private let reversedInput: Bool
    private let scale: ValueScale
    private var rollout: Rollout?

    /// - Parameters:
    ///   - weights: the trained network.
    ///   - forecastOffset: the frame that the first output stands for; see `SequenceDescription.firstForecast`.
    ///   - reversedInput: whether the network reads its input frames in reverse order.
    ///   - scale: the map from raw values to the network's.
    package init(
        _ weights: PreparedNetwork<Float>, inputFrames: Int, frames: Int, forecastOffset: Int,
        reversedInput: Bool = false,
        scale: ValueScale
    ) {
        (self.weights, self.forecastOffset, self.reversedInput, self.scale) = (
            weights, forecastOffset, reversedInput, scale
        )
        (self.inputFrames, self.frames, frame) = (inputFrames, frames, weights.network.frame)
    }

    /// A forecaster on the same network with memory of its own, for another thread.
    func another() -> Forecaster {
        Forecaster(
            weights, inputFrames: inputFrames, frames: frames, forecastOffset: forecastOffset,
            reversedInput: reversedInput, scale: scale)
    }

    /// The raw values of the frames after each past, computed by several threads in batches of moderate memory.
    ///
    /// The batches do not depend on the number of threads, and neither does any bit.
    package func forecasts(after pasts: [[Float]], on pool: ThreadPool) throws -> [[Float]] {
        let blocks = pasts.indices.chunks(of: sequencesAtOnce)
        let found = Mutex([[[Float]]](repeating: [], count: blocks.count))
        let forecasters = [self] + (1..<pool.size).map { _ in another() }
        try pool.run(pool.size) { thread in
            for block in blocks.indices.part(thread, of: pool.size) {
                let forecasts = try forecasters[thread].forecasts(after: Array(pasts[blocks[block]]))
                found.withLock { $0[block] = forecasts }
            }
        }
        return found.withLock { Array($0.joined()) }
    }

    /// The number of sequences in a batch of moderate memory, which decreases with the number of frames.
    private var sequencesAtOnce: Int { max(1, 320 / max(inputFrames, frames)) }

    /// The raw values of the frames after each past.
    ///
    /// - Parameter pasts: raw values (input frames, height, width, channels) each.
    /// - Returns: raw values (frames, height, width, channels) for each past.
    package func forecasts(after pasts: [[Float]]) throws(ModelError) -> [[Float]] {
        guard !pasts.isEmpty else { return [] }
        let rollout = try rollout(batch: pasts.count)
        for (place, past) in pasts.enumerated() {
            precondition(past.count == inputFrames * frame.count, "\(past.count) numbers for \(inputFrames) x \(frame)")
            for t in 0..<inputFrames {
                var values = rollout.input[reversedInput ? inputFrames - 1 - t : t][place].mutableSpan
                scale.scale(past.span.extracting(t * frame.count..<(t + 1) * frame.count), into: &values)
            }
        }
        rollout.forward()
        return pasts.indices.map { forecast($0, of: rollout) }
    }

    private func forecast(_ place: Int, of rollout: Rollout) -> [Float] {
        var raw: [Float] = [], image = [Float](repeating: 0, count: frame.count)
        for t in 0..<frames {
            var values = image.mutableSpan
            scale.restore(rollout.output[t][place].span, into: &values)
            raw += image
        }
        return raw
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
