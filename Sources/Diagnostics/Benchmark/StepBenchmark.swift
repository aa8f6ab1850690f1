// How long a training step takes. The choice: the steps of the training loop itself, on noise from memory, without a
// run's folder, logs or checkpoints; every rank has a whole batch of its own.

import Trainer
import Supervision
import Distribution
import DataLoading
import Configuration
import Collectives
import Foundation
import Kernels
import Model

/// What to measure.
package struct StepBenchmark: Codable, Sendable {
    package var model: SystemDescription

    /// Sequences of each rank.
    package var batch: Int

    /// Steps that are timed, after one that is not.
    package var steps: Int

    /// Threads of each rank.
    package var threads: Int

    package var convolution: ConvolutionAlgorithm

    /// Whether gates are computed again on the way back.
    package var recompute: Bool

    package var reducePrecision: ReducePrecision

    package init(
        _ model: SystemDescription, batch: Int, steps: Int, threads: Int, convolution: ConvolutionAlgorithm,
        recompute: Bool = false, reducePrecision: ReducePrecision
    ) {
        (self.model, self.batch, self.steps, self.threads) = (model, batch, steps, threads)
        (self.convolution, self.recompute, self.reducePrecision) = (convolution, recompute, reducePrecision)
    }

    /// Makes the steps as one rank of a job. Collective.
    ///
    /// - Parameter total: sequences of all ranks together, instead of a batch of each.
    ///
    /// Throws a `ModelError` about a system that cannot be built, and a `TrainingError` where memory is short or the
    /// numbers are no longer finite.
    package func measure(on communicator: any Communicator, sharing total: Int? = nil) throws -> StepMeasurement {
        let virtualRanks = try VirtualRanks(threads: threads, rank: communicator.rank, ranks: communicator.size)
        let frame = model.sequences.generator.frame
        let network = try Network<Float>(
            model.network, frame: frame, convolution: convolution, recomputesGates: recompute)
        let places = Batch(Array(0..<(total ?? batch * virtualRanks.ranks)), of: virtualRanks)
        let shares = RankShares(virtualRanks, batch: places.count, isWhole: model.network.normalizesBatches)
        let memory = TrainingRun.memory(network, model, virtualRanks, shares, reducePrecision)
        try MemoryBudget.require(
            memory, threads: threads, on: communicator, remedy: "choose a smaller --batch, or fewer ranks")
        let noise = NoiseSequences(for: model, count: batch)
        let pool = try ThreadPool(virtualRanks.threads)
        let reducer = GradientReducer(
            communicator, virtualRanks, on: pool, count: network.layout.count, precision: reducePrecision)
        let replica = try Replica(
            network, model, BatchLoader(noise, for: model), FrameSampling(model.sampling, seed: 1), virtualRanks,
            shares,
            on: pool, reducer)
        var state = TrainingState(network, optimizer: model.optimizer, seed: 1)
        network.prepare(state.values, on: pool)
        let updater = Updater(replica, model, reducer, pool)
        var measured: [StepSeconds] = [], loss = 0.0
        for step in 0...steps {
            let start = now(), times = PhaseTimes()
            loss = try update(&state, with: updater, places, step: step, times)
            measured.append(StepSeconds(step: now() - start, phases: times))
        }
        loss = model.loss.reported(loss, sequences: places.count, frames: model.sequences.outputFrames)
        return try StepMeasurement(
            self, network, sequences: places.count, loss: loss, measured.dropFirst(), on: communicator)
    }

    /// One update as the training loop makes it; returns the loss before it.
    private func update(
        _ state: inout TrainingState, with updater: Updater, _ batch: Batch, step: Int, _ times: PhaseTimes
    ) throws -> Double {
        let (found, clipping) = try updater.learn(from: batch, step: step, times)
        let loss = found.loss
        guard loss.isFinite, clipping.norm.isFinite else {
            throw TrainingError(
                "step \(step + 1) on noise: the loss is \(loss) and the gradient's norm \(clipping.norm), so that "
                    + "times mean nothing; measure fewer --steps, or a model with a lower learningRate")
        }
        let hyperparameters = model.schedule.hyperparameters(base: model.learningRate, step: step, of: steps + 1)
        updater.move(&state, along: found.gradient, by: clipping.clip, at: hyperparameters, times)
        return loss
    }
}
