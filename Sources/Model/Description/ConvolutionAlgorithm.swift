// The algorithm for the convolutions of a network: an option of the program, not of a system's description.

/// The algorithm that a network uses for the convolutions of its gates, and for those of single time steps.
package enum ConvolutionAlgorithm: String, Codable, Sendable, CaseIterable {
    /// The algorithm that should be faster, layer by layer: `ConvolutionPlan` says it of gates.
    case automatic

    /// Lowering to matrix products for every layer: the reference.
    case im2col

    /// Winograd transforms for every kernel size and stride that has them, even where they are slower.
    case winograd
}
