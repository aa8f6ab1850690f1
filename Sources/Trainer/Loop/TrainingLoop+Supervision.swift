// The work around a step: reports, validations, checkpoints and replica checks. The choice: two calls, one before
// and one after the step, so that the loop reads like the algorithm.

import Platform
import Collectives
import Configuration
import DataLoading
import Foundation
import Model
import Reports
import Shards
import Supervision

extension TrainingLoop {
    /// The start of a step, and its times by phase.
    struct StepWatch {
        let start = now()
        let times = PhaseTimes()
        let epoch: Int
    }

    /// Begins a step.
    func beginStep() -> StepWatch {
        heartbeat.begin(.step, step: state.position.step + 1)
        averages.keep(state.statistics)
        return StepWatch(epoch: state.position.epoch)
    }

    /// Ends a step: reports it, and validates, compares and saves where that is due. Collective.
    ///
    /// - Returns: the reason why all ranks stop after this step; nil if they continue.
    func endStep(
        _ watch: StepWatch, _ loss: Double, _ norm: Double, _ hyperparameters: StepHyperparameters, sequences: Int
    ) throws -> StopReason? {
        let report = try timekeeper.end(watch.times, since: watch.start, validations: validationsAhead)
        try record(
            RunLog.Row(
                step: state.position.step, epoch: watch.epoch, loss: reported(loss, sequences: sequences),
                learningRate: hyperparameters.learningRate, gradientNorm: norm,
                sequencesPerSecond: Double(sequences) / (now() - watch.start), report: report))
        if let stop = report.stop { try announce(stop) }
        try reportSaved()
        if try validateIfDue() || isCheckpointDue || report.stop != nil {
            try save()
        } else if isComparisonDue {
            try requireEqualReplicas()
        }
        return report.stop
    }

    /// Reports where the time went, and returns why the run ended before its last step.
    func endRun(_ stop: StopReason?) throws -> TrainingStopped? {
        try log?.finish()
        try finishSaving()
        let count = state.leftOut.total
        let leftOut = count == 0 ? [] : ["\(counted(count, "update")) of the run left out, being not finite"]
        for line in timekeeper.summary + leftOut { try log?.say(line, at: state.position.step) }
        return isFinished ? nil : stop.map { TrainingStopped($0, after: state.position.step) }
    }

    private func record(_ row: RunLog.Row) throws {
        try log?.record(row)
        if let complaint = timekeeper.complaint(after: row.report) { try log?.say(complaint, at: row.step) }
    }

    /// Reports a stop at once, since the person who asked for it may not wait for the end of the run.
    private func announce(_ stop: StopReason) throws {
        if case .signal = stop {
            try log?.say(
                "\(stop.name): ends after step \(state.position.step) with a checkpoint", at: state.position.step)
        }
    }

    /// Whether a checkpoint is due. After a skipped update, a checkpoint would only repeat the state before, and
    /// must not displace an older one.
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

    /// The number of validations that are due before a checkpoint after the next step.
    private var validationsAhead: Int {
        guard !data.range(of: .validation).isEmpty else { return 0 }
        return [state.position, batches.next(after: state.position)].filter(isValidationDue).count
    }

    private func reported(_ loss: Double, sequences: Int) -> Double {
        let model = configuration.model
        return model.loss.reported(loss, sequences: sequences, frames: model.sequences.outputFrames)
    }

    /// Validates if due, and returns whether the parameters have the lowest validation loss so far.
    private func validateIfDue() throws -> Bool {
        let split = data.range(of: .validation)
        let isDue = isValidationDue(at: state.position)
        guard !split.isEmpty, isDue || state.position.hasAllSteps(of: configuration) else { return false }
        heartbeat.begin(.validation, step: state.position.step)
        let start = now(), tell = log?.validating()
        let losses = try timekeeper.validate {
            var losses = try step.replica.losses(
                of: data.validationBlocks(
                    of: step.replica.microBatchSize, rank: communicator.rank, ranks: communicator.size), weights, tell)
            try communicator.allReduce(&losses)
            return losses
        }
        let sum = losses.indices.reduce(into: LossSum()) { sum, place in
            if place.isMultiple(of: 2) { sum.value += losses[place] } else { sum.valid += Int(losses[place]) }
        }
        let correction = configuration.model.correction(
            valid: sum.valid, sequences: split.count, frame: step.replica.network.frame)
        let loss = reported(sum.value * correction, sequences: split.count)
        let validation = Validation(step: state.position.step, loss: loss)
        let isBest = validation.loss < state.best?.loss ?? .infinity
        if isBest { state.best = validation }
        try log?.record(validation, epoch: state.position.epoch, seconds: now() - start)
        let figure = String(format: "%.6g", loss), remark = isBest ? ", the lowest so far" : ""
        try log?.say("step \(validation.step): validation loss \(figure)\(remark)", at: validation.step)
        if isDue { try apply(validation) }
        return isBest
    }

    /// Applies a validation to the learning rate schedule and to early stopping, and logs the result.
    private func apply(_ validation: Validation) throws {
        let before = hyperparameters.learningRate
        state.record(validation.loss, configuration.model)
        if hyperparameters.learningRate < before {
            let rate = hyperparameters.learningRate
            try log?.say("step \(validation.step): a plateau; the learning rate falls to \(rate)", at: validation.step)
        }
        if state.isStoppedEarly(configuration.model), let best = state.stopping.best {
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
                "step \(step): the parameters or moments are no longer finite and are not saved; go on with --force and a lower "
                    + "--learning-rate")
        }
        try folder?.requireOwn()
        timekeeper.save {
            writer?.write { Checkpoint(state, configuration: configuration, data: data) }
        }
        savedStep = step
    }

    /// Waits until the last checkpoint is on disk.
    func finishSaving() throws {
        heartbeat.begin(.checkpoint, step: state.position.step)
        timekeeper.save { writer?.wait() }
        try reportSaved()
    }

    /// Reports the checkpoints that are on disk since the last call.
    ///
    /// Throws the error of one that could not be written.
    private func reportSaved() throws {
        for outcome in writer?.outcomes() ?? [] {
            let saved = try outcome.saved.get()
            timekeeper.took(checkpoint: outcome.seconds)
            try log?.say("step \(outcome.step): saved \(saved.path)", at: outcome.step)
            for complaint in saved.complaints { try log?.say("warning: \(complaint)", at: outcome.step) }
            // The last report is written when all is said.
            guard !isFinished else { continue }
            heartbeat.begin(.checkpoint, step: state.position.step)
            try timekeeper.save { try log?.report(at: outcome.step) }
        }
    }
}
