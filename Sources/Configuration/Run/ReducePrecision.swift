// In how many bits gradients travel.

/// In how many bits ranks send numbers of the gradient to each other.
package enum ReducePrecision: String, Codable, Sendable, CaseIterable {
    /// As they are.
    case float32

    /// Rounded to bfloat16, which takes half of the time where the network is slow.
    case bf16
}
