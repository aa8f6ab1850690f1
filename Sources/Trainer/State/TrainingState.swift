// The state of a run: everything that cannot be recomputed.

import DataLoading
import Configuration
import Kernels
import Model

/// The state of a run.
package struct TrainingState: Sendable {
    /// The network's parameters.
    package let values: ParameterVector<Float>

    /// The network's moving averages, which its training passes update.
    package let statistics: ParameterVector<Float>

    package var optimizer: Optimizer
    package var position = Position()

    /// The validation with the lowest loss so far.
    package var best: Validation?

    /// The effect of plateaus of the validation loss on the learning rate.
    package var plateaus = Plateaus()

    /// The patience of early stopping.
    package var stopping = Patience()

    /// The updates that were skipped because they were not finite.
    package var leftOut = LeftOut()

    /// The initial state of a run, a function of the seed alone.
    package init(_ network: Network<Float>, optimizer: OptimizerDescription, seed: UInt64) {
        values = ParameterVector(network.layout)
        statistics = network.statistics
        values.initialize(seed: seed)
        self.optimizer = Optimizer(optimizer, layout: network.layout)
    }

    /// All vectors of the state, each with the prefix of its tensors' names in a file.
    var vectors: [(prefix: String, vector: ParameterVector<Float>)] {
        [("", values), ("", statistics)] + optimizer.moments.map { ("optimizer.\($0.name).", $0.vector) }
    }

    /// Whether all values are finite.
    var isFinite: Bool { vectors.allSatisfy { sumOfSquares($0.vector.flat).isFinite } }
}

extension TrainingState {
    /// Whether the run is finished.
    func isFinished(_ configuration: TrainingConfiguration) -> Bool {
        configuration.isFinished(after: position, stopping)
    }
}

extension TrainingConfiguration {
    /// Whether a run of this configuration has nothing more to do.
    func isFinished(after position: Position, _ stopping: Patience) -> Bool {
        stopping.hasEnded(model) || position.hasAllSteps(of: self)
    }
}

/// The mean loss over the validation split after a step.
package struct Validation: Sendable, Equatable, Codable {
    package var step: Int
    package var loss: Double

    package init(step: Int, loss: Double) { (self.step, self.loss) = (step, loss) }
}
