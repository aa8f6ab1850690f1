// What one lane found in its sequences, asked for when a sum is not finite.

/// What one lane found in its sequences of a batch.
package struct LaneFinding: Sendable {
    package let lane: Int

    /// Numbers in the source.
    package let sequences: [Int]

    package let loss: Double

    /// Of its own gradient.
    package let norm: Double

    var isFinite: Bool { loss.isFinite && norm.isFinite }
}
