// The initial distributions of learned tensors, as descriptions name them.

/// A distribution of initial values.
package enum Initialization: Codable, Sendable, Equatable {
    case constant(value: Double)

    /// `others`, with `value` added in the forget gate's columns of the last axis. A ConvLSTM layer expresses its
    /// `forgetBias` this way. It cannot be written in a file.
    indirect case forgetBias(value: Double, columns: Range<Int>, others: Initialization)

    /// The uniform distribution on [-limit, limit].
    case uniform(limit: Double)

    /// The normal distribution with mean 0; with a deviation of 0.01 it is MindSpore's default for convolutions.
    case normal(deviation: Double)

    /// The uniform distribution on [-l, l] with l = sqrt(6 / (fan in + fan out)); the fans include the kernel's area.
    ///
    /// Source: Glorot and Bengio, AISTATS 2010; Keras' `glorot_uniform`.
    case glorotUniform

    /// A random matrix with orthonormal columns, or with orthonormal rows if it has more columns than rows. The columns
    /// are the last axis, the rows all other axes.
    ///
    /// Source: Saxe, McClelland and Ganguli, ICLR 2014; Keras' `orthogonal`.
    case orthogonal

    /// The uniform distribution on [-l, l] with l = 1 / sqrt(fan in): PyTorch's default for kernels and biases of
    /// convolutions.
    ///
    /// The fan in is that of the layer. For a ConvLSTM it is that of one convolution over input and hidden state side
    /// by side. (For systems with two convolutions, give each kernel a limit of its own with `uniform`.) For peepholes
    /// it is the element count over all axes but the last.
    case fanIn

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case constant, uniform, normal, glorotUniform, orthogonal, fanIn
    }

    /// Replaces `fanIn` by the uniform distribution with the limit that the fan in gives; other cases are unchanged.
    ///
    /// - Parameter fanIn: the number of terms that one output of the layer sums.
    func resolved(fanIn: Int) -> Initialization {
        self == .fanIn ? .uniform(limit: 1 / Double(fanIn).squareRoot()) : self
    }
}
