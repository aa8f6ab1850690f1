// The duration of a training step. The choice: it runs the steps of the training loop itself, on noise from
// memory, without a run's folder, logs or checkpoints; every rank has a whole batch of its own.

import Platform
import Trainer
import Supervision
import Distribution
import DataLoading
import Configuration
import Collectives
import Foundation
import Kernels
import Model

/// The benchmark's settings.
package struct StepBenchmark: Codable, Sendable {
    package var model: SystemDescription

    /// The number of sequences per rank.
    package var batch: Int

    /// The number of timed steps, after one that is not timed.
    package var steps: Int

    /// The number of threads per rank.
    package var threads: Int

    package var convolution: ConvolutionAlgorithm

    /// Whether activations are recomputed in the backward pass.
    package var recompute: Bool

    package var reducePrecision: ReducePrecision

    package init(
        _ model: SystemDescription, batch: Int, steps: Int, threads: Int, convolution: ConvolutionAlgorithm,
        recompute: Bool = false, reducePrecision: ReducePrecision
    ) {
        (self.model, self.batch, self.steps, self.threads) = (model, batch, steps, threads)
        (self.convolution, self.recompute, self.reducePrecision) = (convolution, recompute, reducePrecision)
    }

    /// Runs the steps as one rank of a job. Collective.
    ///
    /// - Parameter total: the number of sequences of all ranks together, instead of a batch per rank.
    ///
    /// Throws a `ModelError` about a model that cannot be built, and a `TrainingError` if memory is short or the
    /// values are no longer finite.
    package func measure(on communicator: any Communicator, sharing total: Int? = nil) throws -> StepMeasurement {
        let virtualRanks = try VirtualRanks(threads: threads, rank: communicator.rank, ranks: communicator.size)
        let frame = model.sequences.generator.frame
        let network = try communicator.planned { told in
            try Network<Float>(
                model.network, frame: frame, convolution: convolution, told: told, recomputesGates: recompute)
        }
        let batch = Batch((0..<(total ?? batch * virtualRanks.ranks)).map(SequenceID.init), of: virtualRanks)
        let noise = NoiseSequences(for: model, count: self.batch)
        let plan = StepPlan(
            system: model, network: network, virtualRanks: virtualRanks,
            shares: RankShares(virtualRanks, batch: batch.count, isWhole: model.network.normalizesBatches),
            source: noise, scale: ValueScale(noise.valueRange, maxValue: model.sequences.maxValue),
            reducePrecision: reducePrecision)
        try MemoryBudget.require(
            plan.memory(on: communicator), threads: threads, on: communicator,
            remedy: "choose a smaller --batch, fewer --threads, or fewer ranks")
        let pool = try plan.threadPool(), training = try TrainingStep(plan, on: pool, communicator)
        var state = TrainingState(network, optimizer: model.optimizer, seed: 1)
        var weights = network.prepare(state.values, on: pool)
        var measured: [StepSeconds] = [], loss = 0.0
        for step in 0...steps {
            let start = now(), times = PhaseTimes()
            let (found, clipping) = try training.computeGradient(of: batch, weights, step: step, times)
            try requireFinite(found.loss.value, clipping.norm, step: step)
            let hyperparameters = model.schedule.hyperparameters(base: model.learningRate, step: step, of: steps + 1)
            weights = training.update(
                &state, along: found.gradient, clip: clipping.clip, with: hyperparameters, times)
            loss = found.loss.value
            measured.append(StepSeconds(step: now() - start, phases: times))
        }
        loss = model.loss.reported(loss, sequences: batch.count, frames: model.sequences.outputFrames)
        return try StepMeasurement.gathered(
            of: self, network: network, sequences: batch.count, loss: loss, steps: measured.dropFirst(),
            on: communicator)
    }

    private func requireFinite(_ loss: Double, _ norm: Double, step: Int) throws(TrainingError) {
        guard loss.isFinite, norm.isFinite else {
            throw TrainingError(
                "step \(step + 1) on noise: the loss is \(loss) and the gradient's norm \(norm), so that times mean "
                    + "nothing; measure fewer --steps, or a model with a lower learningRate")
        }
    }
}
