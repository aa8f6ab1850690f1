// One training step of all ranks: gradients, all-reduce, clipping, update. The choice: it is separate from the
// loop, so that the benchmark and the tests run the same code as training.

import Collectives
import Configuration
import DataLoading
import Distribution
import Kernels
import Model
import Supervision

/// The training step of one rank.
package struct TrainingStep {
    package let replica: Replica
    private let system: SystemDescription
    private let reducer: GradientReducer
    private let pool: ThreadPool

    /// - Parameter pool: the plan's threads.
    /// - Throws: a `ModelError` about an unrolling that the network does not support.
    package init(_ plan: StepPlan, on pool: ThreadPool, _ communicator: any Communicator) throws {
        (system, self.pool) = (plan.system, pool)
        reducer = GradientReducer(
            communicator, plan.virtualRanks, on: pool, count: plan.network.layout.count,
            precision: plan.reducePrecision)
        let loader = BatchLoader(plan.source, scale: plan.scale, for: system, seed: plan.seed)
        let context = StepContext(
            network: plan.network, system: system, loader: loader,
            sampling: FrameSampling(system.sampling, seed: plan.seed),
            loss: system.loss.weighted(by: loader.scaled(threshold:)))
        replica = try Replica(context, plan.virtualRanks, plan.shares, on: pool, reducer)
    }

    /// Computes the loss of the global batch, its gradient, and the clipping: the same bits on every rank, in
    /// memory that the next call overwrites. Collective.
    ///
    /// - Parameters:
    ///   - weights: the network, prepared with the current parameters.
    ///   - step: the number of updates made before this one.
    package func computeGradient(
        of batch: Batch<SequenceID>, _ weights: PreparedNetwork<Float>, step: Int, _ times: PhaseTimes
    ) throws -> (found: BatchGradient, clipping: Clipping) {
        let partial = try replica.computeGradients(of: batch, weights, step: step, times)
        var found = try times.measure(.reduce) { try reducer.allReduce(partial) }
        let correction = system.correction(
            valid: found.loss.valid, sequences: batch.count, frame: replica.network.frame)
        found.loss.value *= correction
        let clipping = times.measure(.update) {
            if correction != 1 { pool.scale(found.gradient.flat, by: Float(correction)) }
            return Clipping(found.gradient, byValue: system.clipValue, toNorm: system.clipNorm, on: pool)
        }
        return (found, clipping)
    }

    /// Updates the parameters from a gradient, and returns the network prepared with them.
    package func update(
        _ state: inout TrainingState, along gradient: ParameterVector<Float>, clip: GradientClip,
        with hyperparameters: StepHyperparameters, _ times: PhaseTimes
    ) -> PreparedNetwork<Float> {
        times.measure(.update) {
            state.optimizer.update(state.values, along: gradient, at: hyperparameters, clip: clip, on: pool)
            state.leftOut.inARow = 0
            return replica.network.prepare(state.values, on: pool)
        }
    }
}
