// The initial values of learned tensors. The choice: each tensor draws from a random stream of its own, keyed by the
// run's seed and the tensor's name, so that it is the same on every rank, whatever else the network contains.

import Kernels
import Randomness

extension Initialization {
    /// Fills a tensor with initial values.
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
        var elements = tensor.mutableSpan
        for index in elements.indices { elements[index] = S(next()) }
    }

    private func addToColumns<S: Scalar>(_ columns: Range<Int>, of tensor: Tensor<S>, _ value: Double) {
        let row = tensor.shape.last!
        var elements = tensor.mutableSpan
        for index in elements.indices where columns.contains(index % row) { elements[index] += S(value) }
    }

    /// Fills a tensor with the factor Q of the QR decomposition of a normally distributed matrix, or of its transpose
    /// if that has more rows.
    private func fillOrthogonally<S: Scalar>(_ tensor: Tensor<S>, _ stream: inout RandomStream) {
        let columns = tensor.shape.last!, rows = tensor.count / columns
        let vectors = min(rows, columns), length = max(rows, columns)
        let q = Tensor<Double>(vectors, length)
        draw(q) { stream.normal() }
        orthonormalizeRows(of: q)
        let elements = q.span
        var place = 0
        draw(tensor) {
            defer { place += 1 }
            return elements[rows <= columns ? place : place % columns * length + place / columns]
        }
    }
}

extension String {
    /// The FNV-1a hash of the UTF-8 bytes. It is the same in every process, unlike `hashValue`.
    var stableHash: UInt64 {
        utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}
