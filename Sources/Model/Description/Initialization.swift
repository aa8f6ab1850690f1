// The distributions that learned tensors start from, as a description names them.

/// A distribution of initial values.
package enum Initialization: Codable, Sendable, Equatable {
    case constant(value: Double)

    /// `others`, and `value` more in the forget gate's columns of the last axis: how a ConvLSTM layer writes its
    /// `forgetBias`. No file can hold it.
    indirect case forgetBias(value: Double, columns: Range<Int>, others: Initialization)

    /// Uniform in [-limit, limit].
    case uniform(limit: Double)

    /// Normal with mean 0; MindSpore's default for convolutions, with a deviation of 0.01.
    case normal(deviation: Double)

    /// Uniform in [-l, l], l = sqrt(6 / (fan in + fan out)), fans counted over the kernel's area.
    ///
    /// Source: Glorot and Bengio, AISTATS 2010; Keras' `glorot_uniform`.
    case glorotUniform

    /// A random matrix with orthonormal columns, or orthonormal rows where it is wider than high. Its columns are the
    /// last axis, its rows all others.
    ///
    /// Source: Saxe, McClelland and Ganguli, ICLR 2014; Keras' `orthogonal`.
    case orthogonal

    /// Uniform in [-l, l], l = 1 / sqrt(fan in): PyTorch's default for the kernels and biases of convolutions.
    ///
    /// The fan in is the layer's: of a ConvLSTM that of one convolution over input and hidden state side by side.
    /// (Where a system has two convolutions, each kernel has a limit of its own: `uniform`.) Of peepholes it is the
    /// count over all axes but the last.
    case fanIn

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case constant, uniform, normal, glorotUniform, orthogonal, fanIn
    }

    /// Uniform with the limit that the fan in gives, where that is what the limit depends on; else unchanged.
    ///
    /// - Parameter fanIn: how many numbers one output of the layer is a sum over.
    func resolved(fanIn: Int) -> Initialization {
        self == .fanIn ? .uniform(limit: 1 / Double(fanIn).squareRoot()) : self
    }
}
