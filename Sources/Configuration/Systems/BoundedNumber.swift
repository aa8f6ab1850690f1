// The bounds of the constants of optimizers and schedules. The choice: a list beside the descriptions, so that one
// message covers all of them.

import Model

/// A number with its bound.
struct BoundedNumber {
    let name: String
    let value: Double
    let bound: Bound

    enum Bound: String {
        case positive = "a positive number"
        case notNegative = "0 or more"
        case fraction = "in [0, 1)"
        case properFraction = "between 0 and 1"
        case atLeastOne = "at least 1"
    }

    var isAllowed: Bool {
        guard value.isFinite else { return false }
        return switch bound {
        case .positive: value > 0
        case .notNegative: value >= 0
        case .fraction: value >= 0 && value < 1
        case .properFraction: value > 0 && value < 1
        case .atLeastOne: value >= 1
        }
    }
}

extension OptimizerDescription {
    var boundedNumbers: [BoundedNumber] {
        switch self {
        case .adam(let it):
            [
                BoundedNumber(name: "adam.beta1", value: it.beta1, bound: .fraction),
                BoundedNumber(name: "adam.beta2", value: it.beta2, bound: .fraction),
                BoundedNumber(name: "adam.epsilon", value: it.epsilon, bound: .positive),
                BoundedNumber(name: "adam.weightDecay", value: it.weightDecay, bound: .notNegative),
            ]
        case .adamW(let it):
            [
                BoundedNumber(name: "adamW.beta1", value: it.beta1, bound: .fraction),
                BoundedNumber(name: "adamW.beta2", value: it.beta2, bound: .fraction),
                BoundedNumber(name: "adamW.epsilon", value: it.epsilon, bound: .positive),
                BoundedNumber(name: "adamW.weightDecay", value: it.weightDecay, bound: .notNegative),
            ]
        case .rmsProp(let it):
            [
                BoundedNumber(name: "rmsProp.rho", value: it.rho, bound: .fraction),
                BoundedNumber(name: "rmsProp.epsilon", value: it.epsilon, bound: .positive),
            ]
        case .adadelta(let it):
            [
                BoundedNumber(name: "adadelta.rho", value: it.rho, bound: .fraction),
                BoundedNumber(name: "adadelta.epsilon", value: it.epsilon, bound: .positive),
            ]
        case .sgd(let it):
            [
                BoundedNumber(name: "sgd.momentum", value: it.momentum, bound: .fraction),
                BoundedNumber(name: "sgd.weightDecay", value: it.weightDecay, bound: .notNegative),
            ]
        }
    }
}

extension ScheduleDescription {
    var boundedNumbers: [BoundedNumber] {
        switch self {
        case .constant: []
        case .stepDecay(let it):
            [
                BoundedNumber(name: "stepDecay.factor", value: it.factor, bound: .positive),
                BoundedNumber(name: "stepDecay.every", value: Double(it.every), bound: .atLeastOne),
            ]
        case .cosine(let it): [BoundedNumber(name: "cosine.warmUp", value: Double(it.warmUp), bound: .notNegative)]
        case .oneCycle(let it):
            [
                BoundedNumber(name: "oneCycle.pctStart", value: it.pctStart, bound: .properFraction),
                BoundedNumber(name: "oneCycle.divFactor", value: it.divFactor, bound: .positive),
                BoundedNumber(name: "oneCycle.finalDivFactor", value: it.finalDivFactor, bound: .positive),
                BoundedNumber(name: "oneCycle.baseMomentum", value: it.baseMomentum, bound: .fraction),
                BoundedNumber(name: "oneCycle.maxMomentum", value: it.maxMomentum, bound: .fraction),
            ]
        case .plateau(let it):
            [
                BoundedNumber(name: "plateau.factor", value: it.factor, bound: .properFraction),
                BoundedNumber(name: "plateau.patience", value: Double(it.patience), bound: .notNegative),
                BoundedNumber(name: "plateau.threshold", value: it.threshold, bound: .fraction),
            ]
        }
    }
}
