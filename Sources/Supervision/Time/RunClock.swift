// How long a run still takes. The choice: steps, with the checkpoints between them, take what the recent ones took, and
// validations what the last one took, so that "0 s left" means that nothing is left.

/// Predicts the end of a run.
package struct RunClock: Sendable {
    private let steps: Int
    /// The steps from a validation to the next; nil if there are none.
    private let validationEvery: Int?
    /// What a validation costs in steps until one is measured. A forward pass takes about a third of a step.
    private let validationSteps: Double
    private var stepSeconds = Smoothed(weight: 0.02)
    private var validationSeconds: Double?

    /// - Parameters:
    ///   - steps: the number of updates of the whole run.
    ///   - validationEvery: the steps from a validation to the next; nil without validation sequences.
    ///   - validationBatches: the size of a validation in batches.
    package init(steps: Int, validationEvery: Int?, validationBatches: Double) {
        (self.steps, self.validationEvery, validationSteps) = (steps, validationEvery, validationBatches / 3)
    }

    /// A step took so many seconds, with all that came before it but validations.
    package mutating func took(step seconds: Double) { stepSeconds.add(seconds) }

    package mutating func took(validation seconds: Double) { validationSeconds = seconds }

    /// The seconds until the end of the run.
    ///
    /// - Parameters:
    ///   - step: the number of updates made.
    ///   - validated: whether the validation that is due after the step is done, too.
    package func left(after step: Int, validated: Bool) -> Double {
        guard let second = stepSeconds.value else { return 0 }
        let validations = validations(through: steps) - validations(through: validated ? step : step - 1)
        return Double(steps - step) * second + Double(validations) * (validationSeconds ?? validationSteps * second)
    }

    /// The part of the run's work that is done.
    package func done(after step: Int, validated: Bool) -> Double {
        let all = left(after: 0, validated: true)
        return all > 0 ? 1 - left(after: step, validated: validated) / all : 1
    }

    /// The number of validations up to a step, of which one comes after the last step.
    private func validations(through step: Int) -> Int {
        guard let every = validationEvery, step > 0 else { return 0 }
        return step / every + (step == steps && !step.isMultiple(of: every) ? 1 : 0)
    }
}

/// A mean that forgets: of all values at first, later of about the latest 1 / weight.
package struct Smoothed: Sendable {
    private let weight: Double
    private var count = 0.0
    /// The mean; nil before the first value.
    package private(set) var value: Double?

    package init(weight: Double) { self.weight = weight }

    package mutating func add(_ new: Double) {
        count += 1
        let before = value ?? new
        value = before + (new - before) * max(weight, 1 / count)
    }
}
