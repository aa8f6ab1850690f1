// The gradient of a batch before and after the ranks add up what each of them found. The choice: two types, so that no
// step can move the parameters along a gradient that lacks the part of another rank.

import Model

/// What the virtual ranks of one rank found in their sequences of a batch.
package struct PartialGradients {
    /// Sums along the tree of virtual ranks, from left to right.
    package let sums: [(node: SumTree.Node, value: ParameterVector<Float>)]

    /// The loss of each virtual rank, in their order.
    package let losses: [Double]

    package init(sums: [(node: SumTree.Node, value: ParameterVector<Float>)], losses: [Double]) {
        (self.sums, self.losses) = (sums, losses)
    }
}

/// The gradient of the mean loss over the global batch, and that loss, as every rank has them.
package struct BatchGradient {
    package let gradient: ParameterVector<Float>
    package let loss: Double
}
