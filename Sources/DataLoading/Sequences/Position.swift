// The progress of a run, which determines the next batch.

import Configuration

/// The progress of a run.
package struct Position: Sendable, Equatable, Codable {
    /// The number of updates, including skipped ones.
    package var step = 0

    /// The epoch in progress, counted from 0.
    package var epoch = 0

    /// The number of sequences of the epoch's order that have been used.
    package var used = 0

    package init(step: Int = 0, epoch: Int = 0, used: Int = 0) {
        (self.step, self.epoch, self.used) = (step, epoch, used)
    }

    /// Advances after an update that used `count` sequences of an epoch of `total`. The last batch may be smaller.
    mutating func advance(by count: Int, of total: Int) {
        step += 1
        used += count
        if used >= total { (epoch, used) = (epoch + 1, 0) }
    }
}

extension Position {
    /// Whether a run of the configured length ends here.
    package func hasAllSteps(of configuration: TrainingConfiguration) -> Bool {
        configuration.steps.map { step >= $0 } ?? (epoch >= configuration.epochs ?? 0)
    }
}
