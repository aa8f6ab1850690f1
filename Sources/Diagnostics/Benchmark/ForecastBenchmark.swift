// The duration of a forecast. The choice: it runs the forecaster of `evaluate` and `predict` itself, on noise from
// memory, with a network as a new run starts from; every rank has a batch of its own.

import Collectives
import Configuration
import DataLoading
import Distribution
import Forecasting
import Foundation
import Kernels
import Model
import Platform
import Shards
import Supervision

/// The benchmark's settings.
package struct ForecastBenchmark: Codable, Sendable {
    package var model: SystemDescription

    /// The number of sequences per rank.
    package var batch: Int

    /// The number of timed forecasts of the batch, after one that is not timed.
    package var steps: Int

    /// The number of threads per rank.
    package var threads: Int

    package var convolution: ConvolutionAlgorithm

    package init(
        _ model: SystemDescription, batch: Int, steps: Int, threads: Int, convolution: ConvolutionAlgorithm
    ) {
        (self.model, self.batch, self.steps, self.threads) = (model, batch, steps, threads)
        self.convolution = convolution
    }

    /// Forecasts as one rank of a job. Collective.
    ///
    /// Throws a `ModelError` about a model that cannot be built, and a `TrainingError` if memory is short.
    package func measure(on communicator: any Communicator) throws -> ForecastMeasurement {
        let sequences = model.sequences, frames = sequences.forecastFrames
        let network = try communicator.planned { told in
            try Network<Float>(
                model.network, frame: sequences.generator.frame, convolution: convolution, told: told, for: .forecasts)
        }
        let unrolling = Unrolling(
            network, inputFrames: sequences.inputFrames, forecasting: frames, forecastOffset: sequences.firstForecast)
        let pool = try ThreadPool(threads), values = ParameterVector<Float>(network.layout)
        values.initialize(seed: 1)
        let forecaster = Forecaster(
            network.prepare(values, on: pool), inputFrames: sequences.inputFrames, frames: frames,
            forecastOffset: sequences.firstForecast, reversedInput: sequences.reversedInput,
            scale: ValueScale(0...1, maxValue: sequences.maxValue))
        try MemoryBudget.require(
            forecaster.memory(forecasting: batch, threads: threads), threads: threads, on: communicator,
            remedy: "choose a smaller --batch or fewer --threads")
        let pasts = try self.pasts()
        var seconds: [Double] = [], mean = 0.0
        for _ in 0...steps {
            try communicator.barrier()
            let start = now(), forecasts = try forecaster.forecasts(after: pasts, on: pool)
            seconds.append(try communicator.allReduceMax(now() - start))
            mean = forecasts.joined().reduce(0) { $0 + Double($1) } / Double(batch * frames * network.frame.count)
        }
        let timed = Array(seconds.dropFirst())
        return ForecastMeasurement(
            benchmark: self, ranks: communicator.size, parameters: network.layout.count, frames: frames,
            median: timed.median, minimum: timed.min() ?? 0, mean: mean,
            directOperations: 2 * Double(network.multiplyAdds(unrolling)) * Double(batch * communicator.size),
            peakMemory: Int(try communicator.allReduceMax(Double(SystemFiles.peakMemory))))
    }

    /// The input frames of the batch.
    private func pasts() throws -> [[Float]] {
        let noise = NoiseSequences(for: model, count: batch)
        return try (0..<batch).map { sequence in
            Array(try noise.sequence(sequence)[..<(model.sequences.inputFrames * noise.geometry.frameElements)])
        }
    }
}

/// The speed of forecasts.
package struct ForecastMeasurement: Sendable {
    package let benchmark: ForecastBenchmark
    package let ranks: Int

    /// The number of parameters of the network, and of the frames that are forecast of a sequence.
    package let parameters, frames: Int

    /// The median and the minimum time of a forecast of the batch in seconds, each that of the slowest rank.
    package let median, minimum: Double

    /// The mean of all forecast values of rank 0.
    package let mean: Double

    /// The floating-point operations of a forecast of all ranks, counted as direct convolution, where a multiply and an
    /// add are two.
    package let directOperations: Double

    /// The largest peak memory of a rank's process in bytes.
    package let peakMemory: Int

    /// The number of sequences per second over all ranks.
    package var sequencesPerSecond: Double { Double(ranks * benchmark.batch) / median }
}
