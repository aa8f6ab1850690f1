// Whether there is time for one more step. The choice: what the next things took the last time they were done, and a
// tenth more; what was never done yet is guessed.

import Configuration

/// The end of a process's time.
package struct Deadline: Sendable {
    /// Seconds after the start of the program.
    private let limit: Double
    private var steps: [Double] = []
    private var checkpoint: Double
    private var validation: Double?

    /// Validation steps for a training step: a pass forward is about a third of one.
    private let validationSteps: Double

    /// Steps whose slowest counts.
    private static let remembered = 10

    /// Seconds that a job takes to end.
    private static let ending = 1.0

    /// Bytes a second that a checkpoint is compressed, written and verified at, until one is measured.
    private static let guessedRate = 50e6

    /// - Parameters:
    ///   - checkpointSize: bytes of its numbers.
    ///   - validationBatches: batches that the validation would fill.
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
    ///   - elapsed: seconds since the start of the program.
    ///   - validations: that are due before it is saved.
    package func isNear(after elapsed: Double, validations: Int) -> Bool {
        let step = steps.max() ?? 0
        let needed = step + Double(validations) * (validation ?? validationSteps * step) + checkpoint
        return elapsed + 1.1 * needed + Self.ending > limit
    }
}
