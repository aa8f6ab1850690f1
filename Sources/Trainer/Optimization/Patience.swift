// The effect of past validations on later steps: plateaus of the learning rate, and early stopping. The choice:
// only validations that the configuration schedules count, not the one after a run's last step, so that a run that
// is extended later equals one that never ended.

import Configuration

/// The number of validations without a lower loss.
package struct Patience: Codable, Sendable, Equatable {
    /// The lowest loss; nil before the first one.
    package var best: Double?

    /// The number of validations since the lowest loss.
    package var waited = 0

    package init(best: Double? = nil, waited: Int = 0) { (self.best, self.waited) = (best, waited) }

    /// - Parameter threshold: the fraction of the lowest loss by which a new one must be lower.
    package mutating func record(_ loss: Double, threshold: Double = 0) {
        if loss < (best ?? .infinity) * (1 - threshold) { (best, waited) = (loss, 0) } else { waited += 1 }
    }
}

/// The factor by which plateaus have lowered the learning rate.
package struct Plateaus: Codable, Sendable, Equatable {
    /// The multiplier of the learning rate.
    package var factor = 1.0

    package var patience = Patience()

    package init(factor: Double = 1, patience: Patience = Patience()) {
        (self.factor, self.patience) = (factor, patience)
    }

    /// Records a validation loss, as PyTorch's `ReduceLROnPlateau.step` does.
    package mutating func record(_ loss: Double, _ description: ScheduleDescription.Plateau) {
        patience.record(loss, threshold: description.threshold)
        guard patience.waited > description.patience else { return }
        factor *= description.factor
        patience.waited = 0
    }
}
