// What a validation changes in the state of a run.

import Configuration

extension TrainingState {
    /// Lets a validation loss count.
    package mutating func record(_ loss: Double, _ model: SystemDescription) {
        if case .plateau(let description) = model.schedule { plateaus.record(loss, description) }
        if model.earlyStopping != nil { stopping.record(loss) }
    }

    /// Whether validations have not become better for so long that the run ends.
    package func isStoppedEarly(_ model: SystemDescription) -> Bool {
        model.earlyStopping.map { stopping.waited >= $0.patience } ?? false
    }
}
