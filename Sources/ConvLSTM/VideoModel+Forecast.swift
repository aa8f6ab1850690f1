// Forecasts. The choice: each call builds what it needs and forgets it, so that a model stays a value; sequences pass through
// the network one by one on any thread, so that no bit of a forecast depends on the others or on the threads.

import Kernels
import Model
import Platform

extension VideoModel {
    /// Forecasts the frames after given ones.
    ///
    /// The numbers of frames may be others than those that the model was trained with. A sequence's forecast has the
    /// same bits in every batch and with every number of threads.
    ///
    /// - Parameters:
    ///   - inputs: the given frames of N sequences, (N, T, H, W, C), with the height, width and channels of ``frame``.
    ///   - frames: the number of frames to forecast; 1 to 100,000.
    ///   - threads: the number of threads that compute; nil for one per core.
    /// - Returns: the forecasts, (N, `frames`, H, W, C).
    /// - Throws: ``ConvLSTMError`` if the frames have another shape, if there is not enough memory, or if a forecast is
    ///   not finite, as after a training that diverged.
    public func forecast(
        from inputs: VideoBatch, frames: Int, threads: Int? = nil
    ) throws(ConvLSTMError) -> VideoBatch {
        try inputs.check("inputs", for: frame)
        try VideoBatch.checkForecast(frames: frames)
        let size = try Threads.number(threads, atMost: inputs.sequenceCount), network = try built(for: .forecasts)
        let unrolling = Unrolling(
            network, inputFrames: inputs.frameCount, forecasting: frames, forecastOffset: inputs.frameCount)
        let parts = (0..<inputs.sequenceCount).nonemptyParts(atMost: size)
        let outputs = try ConvLSTMError.wrapping {
            let bytes = try parts.map { try network.forecastMemory(batch: $0.count, unrolling) }.reduce(0, +)
            try Memory.require(bytes, for: "forecasts of \(frames) frames of \(inputs.sequenceCount) sequences at once")
            let pool = try ThreadPool(size), weights = network.prepare(vector(network.layout), on: pool)
            let passes = try parts.map { try ForecastNetwork(network, batch: $0.count, unrolling) }
            pool.run(parts.count) { part in
                inputs.copy(parts[part], into: passes[part].input)
                passes[part].forward(weights)
            }
            return passes.map(\.output)
        }
        let values = VideoBatch.values(of: outputs)
        guard values.allSatisfy(\.isFinite) else {
            throw ConvLSTMError(
                "the forecast is not finite, since the model's parameters are too large; go back to a model that was saved "
                    + "before, and train it with a lower learning rate")
        }
        return VideoBatch(values, sequences: inputs.sequenceCount, frames: frames, frame: frame)
    }
}
