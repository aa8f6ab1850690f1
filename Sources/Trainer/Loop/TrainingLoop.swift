// The training algorithm: batch, gradient, all-reduce, update. The work around a step is in the other files of
// this folder.

import Collectives
import Configuration
import DataLoading
import Distribution
import Kernels
import Model
import Supervision

/// A run in progress, on each rank.
package final class TrainingLoop {
    let configuration: TrainingConfiguration
    let data: DataSet
    let communicator: any Communicator
    let pool: ThreadPool
    let step: TrainingStep
    let timekeeper: Timekeeper
    let averages: KeptAverages
    let heartbeat = Heartbeat.own

    /// The logs and the folder of the run; nil on all ranks except rank 0.
    let log: RunLog?
    let folder: RunFolder?

    /// Writes checkpoints on rank 0; nil on all others.
    let writer: CheckpointWriter?

    var batches: BatchOrder
    var state: TrainingState
    var weights: PreparedNetwork<Float>
    var judge: NonFiniteJudge

    /// The step of the last checkpoint; nil before there is one.
    var savedStep: Int?

    init(
        _ configuration: TrainingConfiguration, data: DataSet, batches: BatchOrder, step: TrainingStep,
        state: TrainingState, on communicator: any Communicator, pool: ThreadPool, timekeeper: Timekeeper,
        log: RunLog?, folder: RunFolder?
    ) throws {
        (self.configuration, self.data, self.batches, self.step) = (configuration, data, batches, step)
        (self.state, self.communicator, self.pool, self.timekeeper) = (state, communicator, pool, timekeeper)
        (self.log, self.folder) = (log, folder)
        writer = try folder.map { try CheckpointWriter($0.store) }
        (averages, judge) = (KeptAverages(of: state.statistics), NonFiniteJudge(configuration.onNaN))
        weights = step.replica.network.prepare(state.values, on: pool)
        savedStep = state.position.step == 0 ? nil : state.position.step
    }

    /// Trains to the end of the run, or until a stop, whose reason it returns on all ranks. Collective.
    ///
    /// Throws `TrainingError` if the loss or the gradient is no longer finite.
    func run() throws -> TrainingStopped? {
        // Whatever ends the run, the checkpoint that is being written is not lost.
        defer { writer?.wait() }
        timekeeper.begin()
        var stop: StopReason?
        while !isFinished, stop == nil {
            let watch = beginStep(), epoch = state.position.epoch
            let batch = batches.batch(at: state.position).map { data.trainingSequence($0, epoch: epoch) }
            let (found, clipping) = try step.computeGradient(
                of: batch, weights, step: state.position.step, watch.times)
            let hyperparameters = hyperparameters
            if found.loss.value.isFinite && clipping.norm.isFinite {
                weights = step.update(
                    &state, along: found.gradient, clip: clipping.clip, with: hyperparameters, watch.times)
            } else if try handleNonFinite(found.loss.value, clipping.norm, in: batch) == .wentBack {
                continue
            }
            state.position = batches.next(after: state.position)
            stop = try endStep(watch, found.loss.value, clipping.norm, hyperparameters, sequences: batch.count)
        }
        return try endRun(stop)
    }

    /// The hyperparameters of the next update.
    var hyperparameters: StepHyperparameters {
        let system = configuration.model
        return system.schedule.hyperparameters(
            base: system.learningRate, step: state.position.step,
            of: configuration.length(stepsPerEpoch: batches.stepsPerEpoch), plateaus: state.plateaus.factor)
    }

    var isFinished: Bool { state.isFinished(configuration) }
}
