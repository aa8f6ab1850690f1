// The numbers that learned tensors start from. Each tensor draws from a stream of its own, keyed by the run's seed and
// the tensor's name: the same start on every rank, whatever else the network holds.

import Foundation
import Kernels
import Randomness

/// A distribution of initial values.
package enum Initialisation: Codable, Sendable, Equatable {
    case constant(value: Double)

    /// `others`, and `value` more in the forget gate's columns of the last axis: how a ConvLSTM layer writes its
    /// `forgetBias`. No file can hold it.
    indirect case forgetBias(value: Double, columns: Range<Int>, others: Initialisation)

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
    func resolved(fanIn: Int) -> Initialisation {
        self == .fanIn ? .uniform(limit: 1 / Double(fanIn).squareRoot()) : self
    }

    /// Writes initial values.
    ///
    /// - Parameters:
    ///   - slot: the tensor's name and shape. The last two axes are input and output channels.
    func fill<S: Scalar>(_ tensor: Tensor<S>, of slot: ParameterSlot, seed: UInt64) {
        var stream = RandomStream(seed, slot.name.stableHash)
        switch self {
        case .constant(let value):
            tensor.fill(S(value))
        case .forgetBias(let value, let columns, let others):
            others.fill(tensor, of: slot, seed: seed)
            addToColumns(columns, of: tensor, value)
        case .uniform(let limit):
            draw(tensor) { stream.uniform(-limit, limit) }
        case .normal(let deviation):
            draw(tensor) { deviation * stream.normal() }
        case .glorotUniform:
            let area = slot.shape.dropLast(2).reduce(1, *), fans = slot.shape.suffix(2).reduce(0, +)
            let limit = (6 / Double(area * fans)).squareRoot()
            draw(tensor) { stream.uniform(-limit, limit) }
        case .orthogonal:
            fillOrthogonally(tensor, &stream)
        case .fanIn:
            resolved(fanIn: slot.shape.dropLast().reduce(1, *)).fill(tensor, of: slot, seed: seed)
        }
    }

    @specialized(where S == Float)
    @specialized(where S == Double)
    private func draw<S: Scalar>(_ tensor: Tensor<S>, _ next: () -> Double) {
        var numbers = tensor.mutableSpan
        for index in numbers.indices { numbers[index] = S(next()) }
    }

    private func addToColumns<S: Scalar>(_ columns: Range<Int>, of tensor: Tensor<S>, _ value: Double) {
        let row = tensor.shape.last!
        var numbers = tensor.mutableSpan
        for index in numbers.indices where columns.contains(index % row) { numbers[index] += S(value) }
    }

    /// Q of the decomposition Q R of a normally distributed matrix, or of its transpose where that is the taller one.
    private func fillOrthogonally<S: Scalar>(_ tensor: Tensor<S>, _ stream: inout RandomStream) {
        let columns = tensor.shape.last!, rows = tensor.count / columns
        let vectors = min(rows, columns), length = max(rows, columns)
        let q = Tensor<Double>(vectors, length)
        draw(q) { stream.normal() }
        orthonormaliseRows(of: q)
        let numbers = q.span
        var place = 0
        draw(tensor) {
            defer { place += 1 }
            return numbers[rows <= columns ? place : place % columns * length + place / columns]
        }
    }
}

extension String {
    /// FNV-1a over the UTF-8 bytes: the same in every process, which `hashValue` is not.
    var stableHash: UInt64 {
        utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}
