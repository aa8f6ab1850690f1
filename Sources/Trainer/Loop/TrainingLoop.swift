// The program: batch, gradient, sum over the ranks, update. Everything else in this file is what happens around a step.

import Shards
import Model
import Reports
import Supervision
import Distribution
import DataLoading
import Configuration
import Collectives
import Foundation
import Kernels

/// A run in progress, on each rank.
package final class TrainingLoop {
    private let configuration: TrainingConfiguration
    let data: DataSet
    let communicator: any Communicator
    let pool: ThreadPool
    let replica: Replica
    private let updater: Updater
    private let timekeeper: Timekeeper
    var batches: BatchOrder
    var state: TrainingState
    let averages: KeptAverages
    var judge: NonFiniteJudge
    private let heartbeat = Heartbeat.own

    /// Rank 0's alone.
    let log: RunLog?
    private let folder: RunFolder?

    /// The step of the last checkpoint on disk.
    var savedStep: Int?

    init(
        _ configuration: TrainingConfiguration, _ data: DataSet, _ batches: BatchOrder, _ replica: Replica,
        _ reducer: GradientReducer, _ state: TrainingState, _ communicator: any Communicator, _ pool: ThreadPool,
        _ timekeeper: Timekeeper, log: RunLog?, folder: RunFolder?
    ) {
        (self.configuration, self.data, self.batches) = (configuration, data, batches)
        (self.replica, self.state) = (replica, state)
        (self.communicator, self.pool, self.timekeeper) = (communicator, pool, timekeeper)
        (self.log, self.folder) = (log, folder)
        (averages, judge) = (KeptAverages(of: state.statistics), NonFiniteJudge(configuration.onNaN))
        updater = Updater(replica, configuration.model, reducer, pool)
        savedStep = state.position.step == 0 ? nil : state.position.step
    }

    /// Trains to the end of the run, or until it is to stop, which it returns on all ranks. Collective.
    ///
    /// Throws `TrainingError` where the numbers are no longer finite.
    func run() throws -> TrainingStopped? {
        replica.network.prepare(state.values, on: pool)
        timekeeper.begin()
        var stop: StopReason?
        while !isFinished, stop == nil {
            heartbeat.begin(.step, step: step + 1)
            averages.keep(state.statistics)
            let start = now(), times = PhaseTimes()
            let epoch = state.position.epoch
            let batch = batches.batch(at: state.position).numbered { data.trainingSequence($0, epoch: epoch) }
            let (found, clipping) = try updater.learn(from: batch, step: step, times)
            let loss = found.loss
            let hyperparameters = hyperparameters
            if loss.isFinite && clipping.norm.isFinite {
                updater.move(&state, along: found.gradient, by: clipping.clip, at: hyperparameters, times)
                state.leftOut.inARow = 0
            } else if try handleNonFinite(loss, clipping.norm, in: batch) {
                continue
            }
            state.position = batches.next(after: state.position)
            let report = try timekeeper.end(times, since: start, validations: validationsAhead)
            let speed = Double(batch.count) / (now() - start)
            try record(
                RunLog.Row(
                    step: step, epoch: epoch, loss: reported(loss, sequences: batch.count),
                    learningRate: hyperparameters.learningRate, gradientNorm: clipping.norm, sequencesPerSecond: speed,
                    report: report))
            stop = report.stop
            if let stop { try announce(stop) }
            if try validateIfDue() || isCheckpointDue || stop != nil {
                try save()
            } else if isComparisonDue {
                try requireEqualReplicas()
            }
        }
        log?.finish()
        for line in timekeeper.summary + leftOutInWords { try log?.say(line, at: step) }
        return isFinished ? nil : stop.map { TrainingStopped($0, after: step) }
    }

    private var leftOutInWords: [String] {
        let count = state.leftOut.total
        return count == 0 ? [] : ["\(counted(count, "update")) of the run left out, being not finite"]
    }

    /// Updates made so far.
    var step: Int { state.position.step }

    private var isFinished: Bool { state.isFinished(configuration) }
    private var isStoppedEarly: Bool { state.isStoppedEarly(configuration.model) }
    private var hasAllSteps: Bool { state.position.hasAllSteps(of: configuration) }

    /// The checkpoints of the run; rank 0's alone.
    var store: CheckpointStore? { folder?.store }

    /// Of the next update.
    private var hyperparameters: StepHyperparameters {
        let model = configuration.model
        return model.schedule.hyperparameters(
            base: model.learningRate, step: step,
            of: configuration.length(stepsPerEpoch: batches.stepsPerEpoch),
            plateaus: state.plateaus.factor)
    }
}

// After a step

extension TrainingLoop {
    private func record(_ row: RunLog.Row) throws {
        try log?.record(row)
        if let complaint = timekeeper.complaint(after: row.report) { try log?.say(complaint, at: step) }
    }

    /// Says at once what is going to happen: whoever asked for it may not wait for the end of it.
    private func announce(_ stop: StopReason) throws {
        if case .signal = stop { try log?.say("\(stop.name): ends after step \(step) with a checkpoint", at: step) }
    }

    /// What would only repeat the state before an update that was left out must not push out an older checkpoint.
    private var isCheckpointDue: Bool {
        isFinished || state.position.step % configuration.checkpointEvery == 0 && state.leftOut.inARow == 0
    }

    private var isComparisonDue: Bool {
        configuration.verifyReplicasEvery > 0 && state.position.step % configuration.verifyReplicasEvery == 0
    }

    private func requireEqualReplicas() throws {
        try ReplicaCheck.require(state, at: state.position.step, on: communicator, pool)
    }

    private func isValidationDue(at position: Position) -> Bool {
        let every = configuration.evaluateEvery
        return every == 0 ? position.used == 0 : position.step % every == 0
    }

    /// How many validations are due before a checkpoint after the next step.
    private var validationsAhead: Int {
        guard !data.range(of: .validation).isEmpty else { return 0 }
        return [state.position, batches.next(after: state.position)].filter(isValidationDue).count
    }

    private func reported(_ loss: Double, sequences: Int) -> Double {
        let model = configuration.model
        return model.loss.reported(loss, sequences: sequences, frames: model.sequences.outputFrames)
    }

    /// Whether the parameters have the lowest validation loss so far.
    private func validateIfDue() throws -> Bool {
        let split = data.range(of: .validation)
        let isDue = isValidationDue(at: state.position)
        guard !split.isEmpty, isDue || hasAllSteps else { return false }
        heartbeat.begin(.validation, step: state.position.step)
        log?.follow("step \(state.position.step): validating with \(split.count) sequences")
        let losses = try timekeeper.validate {
            var losses = try replica.losses(of: data.validationBlocks(of: replica.size, replica.virtualRanks))
            try communicator.allReduce(&losses)
            return losses
        }
        let loss = reported(losses.reduce(0, +), sequences: split.count)
        let validation = Validation(step: state.position.step, loss: loss)
        let isBest = validation.loss < state.best?.loss ?? .infinity
        if isBest { state.best = validation }
        try log?.record(validation, epoch: state.position.epoch)
        let figure = String(format: "%.6g", loss), remark = isBest ? ", the lowest so far" : ""
        try log?.say("step \(validation.step): validation loss \(figure)\(remark)", at: validation.step)
        if isDue { try apply(validation) }
        return isBest
    }

    /// Lets a validation count for the schedule and for early stopping, and says what comes of it.
    private func apply(_ validation: Validation) throws {
        let before = hyperparameters.learningRate
        state.record(validation.loss, configuration.model)
        if hyperparameters.learningRate < before {
            let rate = hyperparameters.learningRate
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
        if let folder {
            try folder.requireOwn()
            let saved = try timekeeper.save {
                try folder.store.save(Checkpoint(state, configuration: configuration, data: data))
            }
            try log?.say("step \(step): saved \(saved.path)", at: step)
            for complaint in saved.complaints { try log?.say("warning: \(complaint)", at: step) }
        }
        savedStep = step
    }
}
