// How far a run has come, which says what the next batch is.

import Configuration

/// How far a run has come.
package struct Position: Sendable, Equatable, Codable {
    /// Updates made, and those that were left out.
    package var step = 0

    /// The epoch in progress, counted from 0.
    package var epoch = 0

    /// Places of its order that have been passed.
    package var used = 0

    package init(step: Int = 0, epoch: Int = 0, used: Int = 0) {
        (self.step, self.epoch, self.used) = (step, epoch, used)
    }

    /// After an update that passed `count` places, of an epoch of `total`; the last batch may be short of some.
    mutating func advance(by count: Int, of total: Int) {
        step += 1
        used += count
        if used >= total { (epoch, used) = (epoch + 1, 0) }
    }
}

extension Position {
    /// Whether a run of this length ends here.
    package func hasAllSteps(of configuration: TrainingConfiguration) -> Bool {
        configuration.steps.map { step >= $0 } ?? (epoch >= configuration.epochs ?? 0)
    }
}
