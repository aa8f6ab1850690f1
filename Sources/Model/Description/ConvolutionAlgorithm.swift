// The algorithm for the convolutions of ConvLSTM layers: an option of the program, not of a system's description.

/// The algorithm that a network uses for its gate convolutions.
package enum ConvolutionAlgorithm: String, Codable, Sendable, CaseIterable {
    /// The algorithm that each layer's `ConvolutionPlan` expects to be faster.
    case automatic

    /// Lowering to matrix products for every layer: the reference.
    case im2col

    /// Winograd transforms for every kernel size that has them, even where they are slower.
    case winograd
}
