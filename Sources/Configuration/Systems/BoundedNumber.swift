// The bounds of the constants of optimizers and schedules. The choice: a list beside the descriptions, so that one
// message covers all of them.

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

    init(_ name: String, _ value: Double, _ bound: Bound) { (self.name, self.value, self.bound) = (name, value, bound) }

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
                BoundedNumber("adam.beta1", it.beta1, .fraction), BoundedNumber("adam.beta2", it.beta2, .fraction),
                BoundedNumber("adam.epsilon", it.epsilon, .positive),
                BoundedNumber("adam.weightDecay", it.weightDecay, .notNegative),
            ]
        case .adamW(let it):
            [
                BoundedNumber("adamW.beta1", it.beta1, .fraction), BoundedNumber("adamW.beta2", it.beta2, .fraction),
                BoundedNumber("adamW.epsilon", it.epsilon, .positive),
                BoundedNumber("adamW.weightDecay", it.weightDecay, .notNegative),
            ]
        case .rmsProp(let it):
            [
                BoundedNumber("rmsProp.rho", it.rho, .fraction),
                BoundedNumber("rmsProp.epsilon", it.epsilon, .positive),
            ]
        case .adadelta(let it):
            [
                BoundedNumber("adadelta.rho", it.rho, .fraction),
                BoundedNumber("adadelta.epsilon", it.epsilon, .positive),
            ]
        case .sgd(let it):
            [
                BoundedNumber("sgd.momentum", it.momentum, .fraction),
                BoundedNumber("sgd.weightDecay", it.weightDecay, .notNegative),
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
                BoundedNumber("stepDecay.factor", it.factor, .positive),
                BoundedNumber("stepDecay.every", Double(it.every), .atLeastOne),
            ]
        case .cosine(let it): [BoundedNumber("cosine.warmUp", Double(it.warmUp), .notNegative)]
        case .oneCycle(let it):
            [
                BoundedNumber("oneCycle.pctStart", it.pctStart, .properFraction),
                BoundedNumber("oneCycle.divFactor", it.divFactor, .positive),
                BoundedNumber("oneCycle.finalDivFactor", it.finalDivFactor, .positive),
                BoundedNumber("oneCycle.baseMomentum", it.baseMomentum, .fraction),
                BoundedNumber("oneCycle.maxMomentum", it.maxMomentum, .fraction),
            ]
        case .plateau(let it):
            [
                BoundedNumber("plateau.factor", it.factor, .properFraction),
                BoundedNumber("plateau.patience", Double(it.patience), .notNegative),
                BoundedNumber("plateau.threshold", it.threshold, .fraction),
            ]
        }
    }
}
