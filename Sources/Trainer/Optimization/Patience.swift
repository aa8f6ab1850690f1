// What past validations mean for the steps to come: plateaus and the end of a run that learns no more. The choice: only
// validations that are due as the configuration says count, not the one after a run's last step; so a run that goes on
// later is the same as one that never ended.

import Configuration

/// How long a validation loss has not become lower.
package struct Patience: Codable, Sendable, Equatable {
    /// The lowest loss; nil before the first one.
    package var best: Double?

    /// Validations since then.
    package var waited = 0

    package init(best: Double? = nil, waited: Int = 0) { (self.best, self.waited) = (best, waited) }

    /// - Parameter threshold: the part of the lowest loss by which a new one must be lower.
    package mutating func record(_ loss: Double, threshold: Double = 0) {
        if loss < (best ?? .infinity) * (1 - threshold) { (best, waited) = (loss, 0) } else { waited += 1 }
    }
}

/// How far plateaus have lowered the learning rate.
package struct Plateaus: Codable, Sendable, Equatable {
    /// What the learning rate is multiplied with.
    package var factor = 1.0

    package var patience = Patience()

    package init(factor: Double = 1, patience: Patience = Patience()) {
        (self.factor, self.patience) = (factor, patience)
    }

    /// Source: PyTorch's `ReduceLROnPlateau.step`.
    package mutating func record(_ loss: Double, _ description: ScheduleDescription.Plateau) {
        patience.record(loss, threshold: description.threshold)
        guard patience.waited > description.patience else { return }
        factor *= description.factor
        patience.waited = 0
    }
}
