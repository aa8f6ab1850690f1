// The loss and gradient norm of one virtual rank, computed to find the source of a sum that is not finite.

import DataLoading

/// The results of one virtual rank for its sequences of a batch.
package struct VirtualRankFinding: Sendable {
    package let virtualRank: Int

    package let sequences: [SequenceID]

    package let loss: Double

    /// The norm of its own gradient.
    package let norm: Double

    var isFinite: Bool { loss.isFinite && norm.isFinite }
}
