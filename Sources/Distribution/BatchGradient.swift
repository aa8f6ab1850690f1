// The gradient of a batch before and after the all-reduce. The choice: two types, so that no optimizer step can
// use a gradient that lacks the part of another rank.

import Model

/// The gradients that the virtual ranks of one rank computed for their sequences of a batch.
package struct PartialGradients {
    /// The partial sums along the tree of virtual ranks, from left to right.
    package let sums: [(node: SumTree.Node, value: ParameterVector<Float>)]

    /// The loss of each virtual rank, in the order of the virtual ranks.
    package let losses: [LossSum]

    package init(sums: [(node: SumTree.Node, value: ParameterVector<Float>)], losses: [LossSum]) {
        (self.sums, self.losses) = (sums, losses)
    }
}

/// The loss of the global batch and its gradient, equal on every rank.
package struct BatchGradient {
    package let gradient: ParameterVector<Float>
    package var loss: LossSum
}
