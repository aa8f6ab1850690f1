// The program: batch, gradient, sum over the ranks, update. Everything else in this file is what happens around a step.

import Collectives
import Foundation
import Kernels
import Model
import Reports
import Shards

/// A run in progress, on each rank.
package final class TrainingLoop {
    private let configuration: TrainingConfiguration
    let data: DataSet
    let communicator: any Communicator
    let crew: Crew
    let replica: Replica
    private let updater: Updater
    var state: TrainingState
    let averages: KeptAverages
    var judge: NonFiniteJudge
    private let heartbeat = Heartbeat.own
    private var order: EpochOrder

    /// Rank 0's alone.
    let log: RunLog?
    let store: CheckpointStore?

    /// The step of the last checkpoint on disk.
    var savedStep: Int?

    init(
        _ configuration: TrainingConfiguration, _ data: DataSet, _ replica: Replica, _ reducer: GradientReducer,
        _ state: TrainingState, _ communicator: any Communicator, _ crew: Crew, log: RunLog?, store: CheckpointStore?
    ) {
        (self.configuration, self.data, self.replica, self.state) = (configuration, data, replica, state)
        (self.communicator, self.crew, self.log, self.store) = (communicator, crew, log, store)
        (averages, judge) = (KeptAverages(of: state.statistics), NonFiniteJudge(configuration.onNaN))
        updater = Updater(replica, configuration.model, reducer, crew)
        order = Self.order(configuration, data, epoch: state.position.epoch)
        savedStep = state.position.step == 0 ? nil : state.position.step
    }

    /// Trains to the end of the run, and returns its last step.
    ///
    /// Throws `TrainingStopped` after a signal, and `TrainingError` where the numbers are no longer finite.
    func run() throws -> Int {
        replica.network.prepare(state.values, on: crew)
        while !isFinished {
            heartbeat.begin(.step, step: state.position.step + 1)
            averages.keep(state.statistics)
            let start = now(), times = PhaseTimes()
            let batch = nextBatch()
            let sequences = batch.map { data.trainingSequence($0, epoch: state.position.epoch) }
            let (loss, clipping) = try updater.learn(from: sequences, step: state.position.step, times)
            let pace = pace
            if loss.isFinite && clipping.norm.isFinite {
                updater.move(&state, by: clipping.clip, at: pace, times)
                state.leftOut.inARow = 0
            } else if try meetNonFinite(loss, clipping.norm, in: sequences) {
                continue
            }
            advance()
            try record(loss, clipping.norm, pace.learningRate, sequences: batch.count, since: start, times)
            if try validateIfDue() || isCheckpointDue {
                try save()
            } else if isComparisonDue {
                try requireEqualReplicas()
            }
            try stopIfAsked()
        }
        log?.finish()
        if state.leftOut.total > 0 {
            let leftOut = "\(counted(state.leftOut.total, "update")) of the run left out, being not finite"
            try log?.say(leftOut, at: state.position.step)
        }
        return state.position.step
    }

    /// Whether there is nothing left to do.
    var isFinished: Bool { isStoppedEarly || hasAllSteps }

    /// Whether the validation loss has ended the run.
    var isStoppedEarly: Bool { state.isStoppedEarly(configuration.model) }

    private var hasAllSteps: Bool {
        configuration.steps.map { state.position.step >= $0 } ?? (state.position.epoch >= configuration.epochs ?? 0)
    }

    private func nextBatch() -> ArraySlice<Int> {
        if order.epoch != state.position.epoch {
            order = Self.order(configuration, data, epoch: state.position.epoch)
        }
        return order.batch(at: state.position.used, size: configuration.model.batchSize)
    }

    private static func order(_ configuration: TrainingConfiguration, _ data: DataSet, epoch: Int) -> EpochOrder {
        let count = data.range(of: .train).count
        return EpochOrder(configuration.model.sequences.order, seed: configuration.seed, epoch: epoch, count: count)
    }

    private func advance() {
        let order = configuration.model.sequences.order, size = configuration.model.batchSize
        let end = order.end(count: data.range(of: .train).count, batchSize: size)
        state.position.advance(by: order.stride(batchSize: size), of: end)
    }

    /// Of the next update.
    private var pace: Pace {
        let model = configuration.model
        return model.schedule.pace(
            base: model.learningRate, step: state.position.step, of: configuration.length(for: data),
            plateaus: state.plateaus.factor)
    }

}

// After a step

extension TrainingLoop {
    private func record(
        _ loss: Double, _ norm: Double, _ learningRate: Double, sequences: Int, since start: Double, _ times: PhaseTimes
    ) throws {
        let phases = try times.maximum(over: communicator)
        try log?.record(
            RunLog.Row(
                step: state.position.step, epoch: order.epoch,
                loss: reported(loss, sequences: sequences),
                learningRate: learningRate, gradientNorm: norm, sequencesPerSecond: Double(sequences) / (now() - start),
                phases: phases))
    }

    /// What would only repeat the state before an update that was left out must not push out an older checkpoint.
    private var isCheckpointDue: Bool {
        isFinished || state.position.step % configuration.checkpointEvery == 0 && state.leftOut.inARow == 0
    }

    private var isComparisonDue: Bool {
        configuration.verifyReplicasEvery > 0 && state.position.step % configuration.verifyReplicasEvery == 0
    }

    private func requireEqualReplicas() throws {
        try ReplicaCheck.require(state, at: state.position.step, on: communicator, crew)
    }

    private var isValidationDue: Bool {
        let every = configuration.evaluateEvery
        return every == 0 ? state.position.used == 0 : state.position.step % every == 0
    }

    private func reported(_ loss: Double, sequences: Int) -> Double {
        let model = configuration.model
        return model.loss.reported(loss, sequences: sequences, frames: model.sequences.outputFrames)
    }

    /// Whether the parameters have the lowest validation loss so far.
    private func validateIfDue() throws -> Bool {
        let split = data.range(of: .validation)
        guard !split.isEmpty, isValidationDue || hasAllSteps else { return false }
        heartbeat.begin(.validation, step: state.position.step)
        log?.follow("step \(state.position.step): validating with \(split.count) sequences")
        var losses = try replica.losses(of: Array(split))
        try communicator.sum(&losses)
        let loss = reported(losses.reduce(0, +), sequences: split.count)
        let validation = Validation(step: state.position.step, loss: loss)
        let isBest = validation.loss < state.best?.loss ?? .infinity
        if isBest { state.best = validation }
        try log?.record(validation, epoch: state.position.epoch)
        let figure = String(format: "%.6g", loss), remark = isBest ? ", the lowest so far" : ""
        try log?.say("step \(validation.step): validation loss \(figure)\(remark)", at: validation.step)
        if isValidationDue { try heed(validation) }
        return isBest
    }

    /// Lets a validation count for the schedule and for early stopping, and says what comes of it.
    private func heed(_ validation: Validation) throws {
        let before = pace.learningRate
        state.see(validation.loss, configuration.model)
        if pace.learningRate < before {
            let rate = pace.learningRate
            try log?.say("step \(validation.step): a plateau; the learning rate falls to \(rate)", at: validation.step)
        }
        if isStoppedEarly, let best = state.stopping.best {
            try log?.say(
                "step \(validation.step): the run stops early: \(state.stopping.waited) validations in a row were not "
                    + "below \(String(format: "%.6g", best))", at: validation.step)
        }
    }

    private func save() throws {
        let step = state.position.step
        heartbeat.begin(.checkpoint, step: step)
        if configuration.verifyReplicasEvery > 0 { try requireEqualReplicas() }
        guard state.isFinite else {
            throw TrainingError(
                "step \(step): the parameters or moments are no longer finite and are not saved; go on with a lower "
                    + "--learning-rate")
        }
        if let store {
            let path = try store.save(Checkpoint(state, configuration: configuration, data: data))
            try log?.say("step \(step): saved \(path)", at: step)
        }
        savedStep = step
    }

    /// Ends a run of one process between two steps. mpirun leaves its ranks no time for it.
    private func stopIfAsked() throws {
        guard communicator.size == 1, !isFinished, let signal = StopSignal.number else { return }
        if savedStep != state.position.step { try save() }
        log?.finish()
        throw TrainingStopped(
            signal: signal,
            description: "stopped after step \(state.position.step); go on with the same command and --resume auto")
    }
}
