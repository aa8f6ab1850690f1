// How the convolutions of ConvLSTM layers are computed: a choice of the program, not of a system.

/// The way that a network computes its gates' convolutions.
package enum ConvolutionAlgorithm: String, Codable, Sendable, CaseIterable {
    /// For each layer the way that its `ConvolutionPlan` expects to be faster.
    case automatic

    /// Lowering to matrix products everywhere: the reference.
    case im2col

    /// Winograd convolution wherever there is an algorithm for the kernel, also where it does not pay.
    case winograd
}
