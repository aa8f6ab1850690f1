// The state of a run as a person follows it: smoothed, and with the time that is left.

import Configuration
import Foundation
import Platform
import Reports
import Supervision

/// Keeps what the progress of a run shows, on rank 0.
struct RunProgress {
    private let steps: Int, stepsPerEpoch: Int
    private let started = now()
    private var clock: RunClock
    private var loss = Smoothed(weight: 0.1)
    private var busy: [Smoothed] = []
    private var sequencesPerSecond = Smoothed(weight: 0.1)
    private var validation: TrainingProgress.Validated?
    private var step: Int, epoch = 0

    /// The end of the last step or validation, from which the next step counts.
    private var ended = now()

    /// - Parameters:
    ///   - step: the number of updates made before.
    ///   - validationBatches: the size of a validation in batches; 0 if there are none.
    ///   - best: the validation with the lowest loss so far.
    init(
        after step: Int, _ configuration: TrainingConfiguration, stepsPerEpoch: Int, validationBatches: Double,
        best: Validation?
    ) {
        (self.step, self.stepsPerEpoch) = (step, max(1, stepsPerEpoch))
        steps = configuration.length(stepsPerEpoch: stepsPerEpoch)
        let every = configuration.evaluateEvery == 0 ? self.stepsPerEpoch : configuration.evaluateEvery
        clock = RunClock(
            steps: steps, validationEvery: validationBatches > 0 ? every : nil, validationBatches: validationBatches)
        validation = best.map { .init(loss: $0.loss, best: $0.loss, bestStep: $0.step) }
    }

    /// A step has ended.
    mutating func add(_ row: RunLog.Row) {
        let time = now()
        clock.took(step: time - ended)
        (ended, step, epoch) = (time, row.step, row.epoch)
        loss.add(row.loss)
        sequencesPerSecond.add(row.sequencesPerSecond)
        if busy.isEmpty { busy = row.report.ranks.map { _ in Smoothed(weight: 0.02) } }
        for (rank, report) in row.report.ranks.enumerated() { busy[rank].add(report.busy) }
    }

    /// A validation has ended, which took so many seconds.
    mutating func add(_ found: Validation, seconds: Double) {
        clock.took(validation: seconds)
        ended = now()
        let isBest = found.loss < validation?.best ?? .infinity
        validation = .init(
            loss: found.loss, best: isBest ? found.loss : validation?.best ?? found.loss,
            bestStep: isBest ? found.step : validation?.bestStep ?? found.step)
    }

    /// The state after the latest step.
    ///
    /// - Parameters:
    ///   - validating: the part of the validation that is done; nil while training.
    ///   - validated: whether the validation that is due after the step is done.
    func text(validating: Double? = nil, validated: Bool = false) -> TrainingProgress {
        var text = TrainingProgress(
            step: step, of: steps, epoch: epoch + 1, of: (steps + stepsPerEpoch - 1) / stepsPerEpoch,
            loss: loss.value ?? .nan, sequencesPerSecond: sequencesPerSecond.value ?? 0, elapsed: now() - started,
            left: clock.left(after: step, validated: validated), done: clock.done(after: step, validated: validated),
            ranks: max(1, busy.count))
        (text.validation, text.validating, text.slowest) = (validation, validating, slowest)
        return text
    }

    /// The rank that all others wait for; nil if no rank stands out.
    private var slowest: TrainingProgress.SlowestRank? {
        let seconds = busy.map { $0.value ?? 0 }
        guard seconds.count > 1, let most = seconds.max(), let rank = seconds.firstIndex(of: most) else { return nil }
        let others = seconds.indices.filter { $0 != rank }.map { seconds[$0] }.median
        return most > 1.02 * others && others > 0 ? .init(rank: rank, excess: most / others - 1) : nil
    }
}
