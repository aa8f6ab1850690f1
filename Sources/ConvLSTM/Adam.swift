// The optimizer. The choice: PyTorch's Adam with its defaults and nothing else, since it trains every system of this project
// that names no other.

import Model

/// The Adam optimizer, with the defaults of PyTorch.
///
/// Source: Kingma and Ba, "Adam: a method for stochastic optimization", ICLR 2015.
public struct Adam: Sendable, Hashable {
    /// The learning rate: about how far a parameter moves in one step. It is above 0 and at most 1.
    public var learningRate: Double

    /// The decay of the mean of gradients in each step; in [0, 1).
    public var beta1: Double

    /// The decay of the mean of squared gradients in each step; in [0, 1).
    public var beta2: Double

    /// What is added to the root of that mean before it divides; in [1e-16, 1].
    public var epsilon: Double

    /// Chooses the constants of the optimizer.
    ///
    /// Any numbers are accepted here; ``Trainer/init(_:loss:optimizer:clipNorm:threads:)`` throws if one is out of its
    /// range.
    ///
    /// - Parameters:
    ///   - learningRate: about how far a parameter moves in one step.
    ///   - beta1: the decay of the mean of gradients.
    ///   - beta2: the decay of the mean of squared gradients.
    ///   - epsilon: what is added before the division.
    public init(learningRate: Double = 1e-3, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8) {
        (self.learningRate, self.beta1, self.beta2, self.epsilon) = (learningRate, beta1, beta2, epsilon)
    }

    /// The same optimizer as networks are trained with.
    var description: OptimizerDescription { .adam(.init(beta1: beta1, beta2: beta2, epsilon: epsilon)) }

    /// Throws if a constant is out of its range.
    func check() throws(ConvLSTMError) {
        guard learningRate > 0, learningRate <= 1 else {
            throw ConvLSTMError("the learning rate is \(learningRate); choose a number above 0 and at most 1")
        }
        for (name, beta) in [("beta1", beta1), ("beta2", beta2)] where !(0..<1).contains(beta) {
            throw ConvLSTMError("\(name) of Adam is \(beta); choose a number from 0 to below 1")
        }
        guard (1e-16...1).contains(epsilon) else {
            throw ConvLSTMError("epsilon of Adam is \(epsilon); choose a number from 1e-16 to 1")
        }
    }
}
