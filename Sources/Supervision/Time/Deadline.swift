// Whether there is time for one more step. The choice: durations are predicted by the last measured ones plus a
// tenth; those not yet measured are estimated.

import Configuration

/// The time limit of a process, and the measured durations.
package struct Deadline: Sendable {
    /// The limit in seconds after the start of the program.
    private let limit: Double
    private var steps: [Double] = []
    private var checkpoint: Double
    private var validation: Double?

    /// The duration of a validation in training steps, before one is measured. A forward pass takes about a third
    /// of a step.
    private let validationSteps: Double

    /// The number of recent steps, of which the slowest counts.
    private static let remembered = 10

    /// The seconds that a job takes to exit.
    private static let ending = 1.0

    /// The estimated rate of compressing, writing and verifying a checkpoint, in bytes per second, until one is
    /// measured.
    private static let guessedRate = 50e6

    /// - Parameters:
    ///   - checkpointSize: the size of its tensors in bytes.
    ///   - validationBatches: the size of the validation in batches.
    package init(_ limit: TimeLimit, checkpointSize: Int, validationBatches: Double) {
        self.limit = limit.seconds
        checkpoint = Double(checkpointSize) / Self.guessedRate
        validationSteps = validationBatches / 2
    }

    package mutating func took(step seconds: Double) { steps = steps.suffix(Self.remembered - 1) + [seconds] }
    package mutating func took(checkpoint seconds: Double) { checkpoint = seconds }
    package mutating func took(validation seconds: Double) { validation = seconds }

    /// Whether another step may end too late to be saved.
    ///
    /// - Parameters:
    ///   - elapsed: the seconds since the start of the program.
    ///   - validations: the number of validations that are due before the step is saved.
    package func isNear(after elapsed: Double, validations: Int) -> Bool {
        let step = steps.max() ?? 0
        let needed = step + Double(validations) * (validation ?? validationSteps * step) + checkpoint
        return elapsed + 1.1 * needed + Self.ending > limit
    }
}
