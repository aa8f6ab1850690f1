// One update of the parameters as all ranks make it together: gradient, sum over the ranks, clip, move. The choice: it
// stands apart from the loop, so that what the benchmark times is what trains.

import Kernels
import Model

/// What makes updates, on each rank.
struct Updater {
    private let replica: Replica
    private let model: SystemDescription
    private let reducer: GradientReducer
    private let crew: Crew

    init(_ replica: Replica, _ model: SystemDescription, _ reducer: GradientReducer, _ crew: Crew) {
        (self.replica, self.model, self.reducer, self.crew) = (replica, model, reducer, crew)
    }

    /// Leaves the gradient of a global batch in the replica of every rank; returns its loss, and how it is clipped.
    /// Collective.
    ///
    /// - Parameters:
    ///   - batch: of all ranks.
    ///   - step: the updates made before this one.
    func learn(
        from batch: Batch, step: Int, _ times: PhaseTimes
    ) throws -> (loss: Double, clipping: Clipping) {
        try replica.learn(from: batch, step: step, times)
        let loss = try times.measure(.reduce) { try reducer.sum(replica) }
        let clipping = times.measure(.update) {
            Clipping(replica.gradient, byValue: model.clipValue, toNorm: model.clipNorm, on: crew)
        }
        return (loss, clipping)
    }

    /// Moves the parameters against that gradient, and prepares the network for the next step.
    func move(_ state: inout TrainingState, by clip: GradientClip, at pace: Pace, _ times: PhaseTimes) {
        times.measure(.update) {
            state.optimizer.update(state.values, along: replica.gradient, at: pace, clip: clip, on: crew)
            replica.network.prepare(state.values, on: crew)
        }
    }
}
