// The precision of the gradient all-reduce.

/// The precision in which ranks exchange the elements of the gradient.
package enum ReducePrecision: String, Codable, Sendable, CaseIterable {
    /// Full precision.
    case float32

    /// Rounds to bfloat16, which halves the time where the network is slow.
    case bf16
}
