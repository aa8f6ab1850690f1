// The learning rate of a step. The choice: a pure function of the step, so that a resumed run needs no state of it.

import Foundation
import Model

extension ScheduleDescription {
    /// The learning rate of an update.
    ///
    /// - Parameters:
    ///   - base: the configured learning rate.
    ///   - step: the updates made before this one.
    ///   - total: the updates of the whole run.
    package func learningRate(base: Double, step: Int, of total: Int) -> Double {
        switch self {
        case .constant:
            return base
        case .stepDecay(let factor, let every):
            return base * pow(factor, Double(step / every))
        case .cosine(let warmUp):
            if step < warmUp { return base * Double(step + 1) / Double(warmUp) }
            let progress = Double(step - warmUp) / Double(max(total - warmUp, 1))
            return base * (1 + cos(.pi * min(progress, 1))) / 2
        }
    }
}
