// Handles an update that is not finite: the loop aborts, skips it, or rolls back.

import DataLoading
import Distribution
import Configuration
import Kernels
import Model

extension TrainingLoop {
    /// How an update that was not finite was handled.
    enum NonFiniteOutcome { case leftOut, wentBack }

    /// Skips the update of a batch, or rolls back to the last checkpoint. Collective.
    ///
    /// Throws `TrainingError` if the run must end, or has no checkpoint to roll back to.
    func handleNonFinite(_ loss: Double, _ norm: Double, in batch: Batch<SequenceID>) throws -> NonFiniteOutcome {
        averages.restore(state.statistics)
        let step = state.position.step + 1
        let suspects = try self.step.replica.suspects(
            in: batch, weights, step: step - 1, of: data, on: communicator)
        averages.restore(state.statistics)
        let finding = "step \(step): the loss is \(loss) and the gradient's norm \(norm) (\(suspects))"
        switch judge.verdict(step: step, after: state.leftOut) {
        case .end:
            try finishSaving()
            throw refusal(finding)
        case .goBack:
            try goBack(finding)
            return .wentBack
        case .leaveOut:
            state.leftOut.total += 1
            state.leftOut.inARow += 1
            try log?.say("\(finding), so this update is left out; \(state.leftOut.total) so far", at: step)
            return .leftOut
        }
    }

    private func refusal(_ finding: String) -> TrainingError {
        let many = state.leftOut.inARow > 0 ? " after \(state.leftOut.inARow) left out in a row" : ""
        let last = savedStep.map { "the last checkpoint is of step \($0)" } ?? "there is no checkpoint yet"
        return TrainingError(
            "\(finding), so the run ends before this update\(many); \(last); go on with --force and a lower --learning-rate, a "
                + "model.clipNorm, or --on-nan skip where a batch is to blame")
    }

    /// Restores the state from the newest intact checkpoint, as if the run had been resumed.
    private func goBack(_ finding: String) throws {
        try finishSaving()
        if let store = folder?.store {
            guard let found = try store.newest() else {
                throw TrainingError(
                    "\(finding), and there is no checkpoint to go back to yet; go on with --force and a smaller "
                        + "--checkpoint-every or a lower --learning-rate")
            }
            try store.setAside(found)
            try store.mendIndex(newest: found)
            try found.checkpoint.restore(into: &state, file: found.path)
        }
        try state.share(on: communicator)
        weights = step.replica.network.prepare(state.values, on: pool)
        let saved = state.position.step
        savedStep = saved
        try log?.cutBack(to: saved)
        try log?.say("\(finding), so the run goes back to its checkpoint of step \(saved)", at: saved)
    }
}

/// A copy of the moving averages from before a forward pass, which a pass that is not finite spoils.
struct KeptAverages {
    private let kept: Tensor<Float>

    init(of statistics: ParameterVector<Float>) { kept = Tensor(statistics.flat.count) }

    func keep(_ statistics: ParameterVector<Float>) { kept.copy(from: statistics.flat) }

    func restore(_ statistics: ParameterVector<Float>) { statistics.flat.copy(from: kept) }
}
