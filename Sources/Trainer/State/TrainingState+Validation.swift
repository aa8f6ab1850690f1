// The effect of a validation on the state of a run.

import Configuration

extension TrainingState {
    /// Records a validation loss for the schedule and for early stopping.
    package mutating func record(_ loss: Double, _ model: SystemDescription) {
        if case .plateau(let description) = model.schedule { plateaus.record(loss, description) }
        if model.earlyStopping != nil { stopping.record(loss) }
    }

    /// Whether the run ends because validations have not improved for too long.
    package func isStoppedEarly(_ model: SystemDescription) -> Bool { stopping.hasEnded(model) }
}

extension Patience {
    /// Whether validations have not improved for longer than the model's early stopping allows.
    func hasEnded(_ model: SystemDescription) -> Bool {
        model.earlyStopping.map { waited >= $0.patience } ?? false
    }
}
