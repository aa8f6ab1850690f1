// An optimizer on flat parameter vectors. The choice: factors that depend only on the step are computed here in
// double precision; the loop over the elements is a kernel.

import Foundation
import Kernels

/// A vector that an optimizer keeps per parameter between updates.
package struct Moment: Sendable {
    /// The moment's letter in the equations of `Updates.swift`, and in files.
    package let name: String
    package let vector: ParameterVector<Float>
}

extension OptimizerDescription {
    /// The names of the optimizer's moments; empty for gradient descent without momentum.
    package var moments: [String] {
        switch self {
        case .adam, .adamW: ["m", "v"]
        case .rmsProp: ["a"]
        case .adadelta: ["a", "d"]
        case .sgd(let it): it.momentum > 0 ? ["b"] : []
        }
    }
}

/// An optimizer with its moments and the number of updates made.
package struct Optimizer: Sendable {
    package let description: OptimizerDescription
    package let moments: [Moment]

    /// The number of updates made.
    package var step = 0

    package init(_ description: OptimizerDescription, layout: ParameterLayout) {
        self.description = description
        moments = description.moments.map { Moment(name: $0, vector: ParameterVector(layout)) }
    }

    /// Updates the parameters from a gradient.
    package mutating func update(
        _ values: ParameterVector<Float>, along gradient: ParameterVector<Float>,
        at hyperparameters: StepHyperparameters,
        clip: GradientClip = GradientClip(), on pool: ThreadPool = ThreadPool()
    ) {
        step += 1
        pool.forEachBlock(of: values.flat.count) { [self] in
            move(values.flat, along: gradient.flat, in: $0, at: hyperparameters, clip: clip)
        }
    }

    /// Updates one block of elements; the update is elementwise.
    private func move(
        _ values: Tensor<Float>, along gradient: Tensor<Float>, in block: Range<Int>,
        at hyperparameters: StepHyperparameters, clip: GradientClip
    ) {
        let p = values[block], g = gradient[block], moments = moments.map { $0.vector.flat[block] }
        let rate = hyperparameters.learningRate
        switch description {
        case .adam(let it):
            let bias = biases(beta1: hyperparameters.momentum ?? it.beta1, beta2: it.beta2), isPaper = it.form == .paper
            moveByAdam(
                p, along: g, clip, m: moments[0], v: moments[1], rate: rate * (isPaper ? 1 : bias.root2) / bias.first,
                beta1: hyperparameters.momentum ?? it.beta1, beta2: it.beta2, correction: isPaper ? 1 / bias.root2 : 1,
                epsilon: it.epsilon, weightDecay: it.weightDecay, keep: 1)
        case .adamW(let it):
            let bias = biases(beta1: hyperparameters.momentum ?? it.beta1, beta2: it.beta2)
            moveByAdam(
                p, along: g, clip, m: moments[0], v: moments[1], rate: rate / bias.first,
                beta1: hyperparameters.momentum ?? it.beta1, beta2: it.beta2, correction: 1 / bias.root2,
                epsilon: it.epsilon,
                weightDecay: 0, keep: 1 - rate * it.weightDecay)
        case .rmsProp(let it):
            moveByRMSProp(p, along: g, clip, a: moments[0], rate: rate, rho: it.rho, epsilon: it.epsilon)
        case .adadelta(let it):
            moveByAdadelta(
                p, along: g, clip, a: moments[0], d: moments[1], rate: rate, rho: it.rho, epsilon: it.epsilon)
        case .sgd(let it) where moments.isEmpty:
            moveDownhill(p, along: g, clip, rate: rate, weightDecay: it.weightDecay)
        case .sgd(let it):
            moveDownhill(
                p, along: g, clip, b: moments[0], rate: rate, momentum: hyperparameters.momentum ?? it.momentum,
                nesterov: it.nesterov, weightDecay: it.weightDecay)
        }
    }

    /// Adam's bias corrections: 1 - beta1^t, and the square root of 1 - beta2^t.
    private func biases(beta1: Double, beta2: Double) -> (first: Double, root2: Double) {
        (1 - pow(beta1, Double(step)), (1 - pow(beta2, Double(step))).squareRoot())
    }
}
