// What an optimizer is told of each update. The choice: a value of its own, so that schedules need not know optimizers.

/// The hyperparameters that vary from step to step.
package struct StepHyperparameters: Sendable, Equatable {
    package var learningRate: Double

    /// The momentum, or Adam's beta1; nil for the optimizer's own.
    package var momentum: Double?

    package init(learningRate: Double, momentum: Double? = nil) {
        (self.learningRate, self.momentum) = (learningRate, momentum)
    }
}
