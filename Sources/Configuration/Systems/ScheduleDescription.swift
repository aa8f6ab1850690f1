// The schedule of the learning rate in a run, as a value. All schedules but the plateau depend on the step alone.

import Model

/// A schedule with its constants.
package enum ScheduleDescription: Sendable, Equatable {
    /// The constant learning rate.
    case constant

    case stepDecay(StepDecay)

    /// Source: Loshchilov and Hutter, "SGDR", ICLR 2017, without restarts.
    case cosine(Cosine)

    /// Source: Smith and Topin, "Super-convergence", 2018; PyTorch's `OneCycleLR`, two phases of half a cosine each.
    case oneCycle(OneCycle)

    /// Source: PyTorch's `ReduceLROnPlateau`, mode min, relative threshold, no cooldown.
    case plateau(Plateau)

    /// Multiplies the learning rate by `factor` every `every` steps.
    package struct StepDecay: Codable, Sendable, Equatable {
        package var factor: Double
        package var every: Int

        package init(factor: Double, every: Int) { (self.factor, self.every) = (factor, every) }
    }

    /// Rises from 0 to the learning rate over `warmUp` steps, then falls to 0 at the last step along half a cosine.
    package struct Cosine: Codable, Sendable, Equatable {
        package var warmUp = 0

        package init(warmUp: Int) { self.warmUp = warmUp }
    }

    /// Rises to the learning rate, its maximum, and falls again, while the momentum (Adam's beta1) falls and rises.
    package struct OneCycle: Codable, Sendable, Equatable {
        /// The fraction of the run in which the learning rate rises.
        package var pctStart = 0.3

        /// The ratio of the maximum to the first learning rate.
        package var divFactor = 25.0

        /// The ratio of the first to the last learning rate.
        package var finalDivFactor = 1e4

        /// The momentum at the largest learning rate.
        package var baseMomentum = 0.85

        /// The momentum at the start and at the end.
        package var maxMomentum = 0.95

        package init() {}
    }

    /// Multiplies the learning rate by `factor` after more than `patience` consecutive validations without a lower
    /// loss.
    package struct Plateau: Codable, Sendable, Equatable {
        package var factor = 0.1
        package var patience = 10

        /// The relative decrease below the lowest loss that counts as an improvement.
        package var threshold = 1e-4

        package init(factor: Double = 0.1, patience: Int = 10, threshold: Double = 1e-4) {
            (self.factor, self.patience, self.threshold) = (factor, patience, threshold)
        }
    }
}

// The form in a file: `schedule: {cosine: {warmUp: 50}}`, `schedule: {constant: {}}`.

extension ScheduleDescription: Codable {
    private enum Kind: String, CodingKey, CaseIterable {
        case constant, stepDecay, cosine, oneCycle, plateau
    }

    private struct Nothing: Codable {}

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Kind.self)
        self =
            switch try values.onlyKey {
            case .constant: .constant
            case .stepDecay: .stepDecay(try values.decode(StepDecay.self, forKey: .stepDecay))
            case .cosine: .cosine(try values.decode(Cosine.self, forKey: .cosine))
            case .oneCycle: .oneCycle(try values.decode(OneCycle.self, forKey: .oneCycle))
            case .plateau: .plateau(try values.decode(Plateau.self, forKey: .plateau))
            }
    }

    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Kind.self)
        switch self {
        case .constant: try values.encode(Nothing(), forKey: .constant)
        case .stepDecay(let it): try values.encode(it, forKey: .stepDecay)
        case .cosine(let it): try values.encode(it, forKey: .cosine)
        case .oneCycle(let it): try values.encode(it, forKey: .oneCycle)
        case .plateau(let it): try values.encode(it, forKey: .plateau)
        }
    }
}

extension ScheduleDescription.Cosine {
    package init(from decoder: any Decoder) throws {
        warmUp = try decoder.container(keyedBy: CodingKeys.self).decode(.warmUp, or: warmUp)
    }
}

extension ScheduleDescription.OneCycle {
    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        pctStart = try values.decode(.pctStart, or: pctStart)
        divFactor = try values.decode(.divFactor, or: divFactor)
        finalDivFactor = try values.decode(.finalDivFactor, or: finalDivFactor)
        baseMomentum = try values.decode(.baseMomentum, or: baseMomentum)
        maxMomentum = try values.decode(.maxMomentum, or: maxMomentum)
    }
}

extension ScheduleDescription.Plateau {
    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        factor = try values.decode(.factor, or: factor)
        patience = try values.decode(.patience, or: patience)
        threshold = try values.decode(.threshold, or: threshold)
    }
}
