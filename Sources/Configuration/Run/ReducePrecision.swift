// The precision in which gradients are communicated.

/// The precision in which ranks send elements of the gradient to each other.
package enum ReducePrecision: String, Codable, Sendable, CaseIterable {
    /// Full precision.
    case float32

    /// Rounded to bfloat16, which halves the time where the network is slow.
    case bf16
}
