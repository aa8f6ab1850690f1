// One update of the parameters as all ranks make it together: gradient, sum over the ranks, clip, move. The choice: it
// stands apart from the loop, so that what the benchmark times is what trains.

import Supervision
import Distribution
import Configuration
import Kernels
import Model

/// What makes updates, on each rank.
package struct Updater {
    private let replica: Replica
    private let model: SystemDescription
    private let reducer: GradientReducer
    private let pool: ThreadPool

    package init(_ replica: Replica, _ model: SystemDescription, _ reducer: GradientReducer, _ pool: ThreadPool) {
        (self.replica, self.model, self.reducer, self.pool) = (replica, model, reducer, pool)
    }

    /// The gradient of a global batch and its loss, and how the gradient is clipped, the same on every rank.
    /// Collective.
    ///
    /// - Parameters:
    ///   - batch: of all ranks.
    ///   - step: the updates made before this one.
    package func learn(
        from batch: Batch, step: Int, _ times: PhaseTimes
    ) throws -> (found: BatchGradient, clipping: Clipping) {
        let partial = try replica.learn(from: batch, step: step, times)
        let found = try times.measure(.reduce) { try reducer.allReduce(partial) }
        let clipping = times.measure(.update) {
            Clipping(found.gradient, byValue: model.clipValue, toNorm: model.clipNorm, on: pool)
        }
        return (found, clipping)
    }

    /// Moves the parameters against a gradient, and prepares the network for the next step.
    package func move(
        _ state: inout TrainingState, along gradient: ParameterVector<Float>, by clip: GradientClip,
        at hyperparameters: StepHyperparameters,
        _ times: PhaseTimes
    ) {
        times.measure(.update) {
            state.optimizer.update(state.values, along: gradient, at: hyperparameters, clip: clip, on: pool)
            replica.network.prepare(state.values, on: pool)
        }
    }
}
