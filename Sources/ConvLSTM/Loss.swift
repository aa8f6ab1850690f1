// The losses, by the names of Keras. The choice: means over all values, so that a learning rate fits any number of frames and
// any batch.

import Model

/// What training makes small: the mean of an error over all values of all forecast frames of a batch.
public enum Loss: String, Sendable, CaseIterable {
    /// The squared difference of forecast and target.
    case meanSquaredError

    /// The absolute difference of forecast and target.
    case meanAbsoluteError

    /// The binary cross entropy, for targets between 0 and 1 and a network with the sigmoid at its end.
    case binaryCrossEntropy

    /// The same loss as the networks know it.
    package var evaluated: Model.Loss {
        switch self {
        case .meanSquaredError: Model.Loss(error: .squared)
        case .meanAbsoluteError: Model.Loss(error: .absolute)
        case .binaryCrossEntropy: Model.Loss(error: .crossEntropy)
        }
    }

    /// Throws if there is no such loss of these targets.
    func check(_ targets: VideoBatch) throws(ConvLSTMError) {
        guard self == .binaryCrossEntropy, let wrong = targets.values.firstIndex(where: { !(0...1).contains($0) })
        else {
            return
        }
        throw ConvLSTMError(
            "value \(wrong) of the targets is \(targets.values[wrong]), and a binary cross entropy is of values from 0 to 1; "
                + "scale them, or choose meanSquaredError")
    }
}
