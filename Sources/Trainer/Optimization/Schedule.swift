// The learning rate and momentum of an update. The choice: a pure function of the step and, for the plateau, of
// the factor from past validations in the training state.

import Configuration
import Foundation
import Model

extension ScheduleDescription {
    /// The hyperparameters of an update.
    ///
    /// - Parameters:
    ///   - base: the configured learning rate.
    ///   - step: the number of updates made before this one.
    ///   - total: the number of updates of the whole run.
    ///   - plateaus: the factor of the learning rate from past validations.
    package func hyperparameters(base: Double, step: Int, of total: Int, plateaus: Double = 1) -> StepHyperparameters {
        switch self {
        case .constant: StepHyperparameters(learningRate: base)
        case .stepDecay(let it): StepHyperparameters(learningRate: base * pow(it.factor, Double(step / it.every)))
        case .cosine(let it): StepHyperparameters(learningRate: base * it.height(step: step, of: total))
        case .oneCycle(let it): it.hyperparameters(base: base, step: step, of: total)
        case .plateau: StepHyperparameters(learningRate: base * plateaus)
        }
    }
}

extension ScheduleDescription.Cosine {
    fileprivate func height(step: Int, of total: Int) -> Double {
        if step < warmUp { return Double(step + 1) / Double(warmUp) }
        let progress = Double(step - warmUp) / Double(max(total - warmUp, 1))
        return descent(from: 1, to: 0, min(progress, 1))
    }
}

extension ScheduleDescription.OneCycle {
    // The peak is at step pctStart total - 1, between two steps if that is not an integer.
    fileprivate func hyperparameters(base: Double, step: Int, of total: Int) -> StepHyperparameters {
        let top = pctStart * Double(total) - 1, end = Double(total - 1), at = Double(step), first = base / divFactor
        if at <= top {
            let progress = top > 0 ? at / top : 1
            return StepHyperparameters(
                learningRate: descent(from: first, to: base, progress),
                momentum: descent(from: maxMomentum, to: baseMomentum, progress))
        }
        let progress = end > top ? min((at - top) / (end - top), 1) : 1
        return StepHyperparameters(
            learningRate: descent(from: base, to: first / finalDivFactor, progress),
            momentum: descent(from: baseMomentum, to: maxMomentum, progress))
    }
}

/// Cosine annealing from `start` to `end`; progress is in [0, 1].
private func descent(from start: Double, to end: Double, _ progress: Double) -> Double {
    end + (start - end) / 2 * (1 + cos(.pi * progress))
}
