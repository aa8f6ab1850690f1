// What one virtual rank found in its sequences, asked for when a sum is not finite.

/// What one virtual rank found in its sequences of a batch.
package struct VirtualRankFinding: Sendable {
    package let virtualRank: Int

    /// Numbers in the source.
    package let sequences: [Int]

    package let loss: Double

    /// Of its own gradient.
    package let norm: Double

    var isFinite: Bool { loss.isFinite && norm.isFinite }
}
