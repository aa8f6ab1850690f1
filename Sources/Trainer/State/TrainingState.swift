// Everything a run must not forget, and nothing that it can work out again.

import DataLoading
import Configuration
import Kernels
import Model

/// Where a run stands.
package struct TrainingState: Sendable {
    /// The network's learned numbers.
    package let values: ParameterVector<Float>

    /// The network's own moving averages, which its training passes change.
    package let statistics: ParameterVector<Float>

    package var optimizer: Optimizer
    package var position = Position()

    /// The validation with the lowest loss so far.
    package var best: Validation?

    /// What plateaus of the validation loss have done to the learning rate.
    package var plateaus = Plateaus()

    /// How long early stopping has waited.
    package var stopping = Patience()

    /// Updates that would not have been finite.
    package var leftOut = LeftOut()

    /// The start of a run: a function of the seed alone.
    package init(_ network: Network<Float>, optimizer: OptimizerDescription, seed: UInt64) {
        values = ParameterVector(network.layout)
        statistics = network.statistics
        values.initialize(seed: seed)
        self.optimizer = Optimizer(optimizer, layout: network.layout)
    }

    /// All its numbers, each vector with what the names of its tensors begin with in a file.
    var vectors: [(prefix: String, vector: ParameterVector<Float>)] {
        [("", values), ("", statistics)] + optimizer.moments.map { ("optimizer.\($0.name).", $0.vector) }
    }

    /// Whether all its numbers are.
    var isFinite: Bool { vectors.allSatisfy { sumOfSquares($0.vector.flat).isFinite } }
}

extension TrainingState {
    /// Whether a run has nothing left to do.
    func isFinished(_ configuration: TrainingConfiguration) -> Bool {
        isStoppedEarly(configuration.model) || position.hasAllSteps(of: configuration)
    }
}

/// The mean loss over the validation split, after a step.
package struct Validation: Sendable, Equatable, Codable {
    package var step: Int
    package var loss: Double

    package init(step: Int, loss: Double) { (self.step, self.loss) = (step, loss) }
}
