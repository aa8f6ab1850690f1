// What one virtual rank computed of its sequences, asked for when a sum is not finite.

import DataLoading

/// What one virtual rank found in its sequences of a batch.
package struct VirtualRankFinding: Sendable {
    package let virtualRank: Int

    package let sequences: [SequenceID]

    package let loss: Double

    /// Of its own gradient.
    package let norm: Double

    var isFinite: Bool { loss.isFinite && norm.isFinite }
}
