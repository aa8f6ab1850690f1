// How learned tensors and the matrix of all four gates correspond. Systems divide a ConvLSTM's weights into tensors in
// different ways; the products want one matrix whose columns are the gates i, f, g, o. A list of blocks says which
// columns of which tensor are which gate, and serves both ways: values in, gradients out.

import Kernels

/// The gates in the order of the columns.
enum Gate: Int, CaseIterable {
    case i, f, g, o
}

/// A matrix (rows, 4 hidden) put together from learned tensors.
struct GateBlocks {
    /// Columns [column, column + hidden) of a tensor hold the weights of one gate.
    struct Block {
        let slot: ParameterSlot
        let column: Int
        let gate: Gate
    }

    let blocks: [Block]
    let hidden: Int

    /// One tensor with the gates side by side.
    init(fused slot: ParameterSlot, hidden: Int) {
        self.hidden = hidden
        blocks = Gate.allCases.map { Block(slot: slot, column: $0.rawValue * hidden, gate: $0) }
    }

    /// A tensor for each gate, in the order of `Gate`.
    init(perGate slots: [ParameterSlot], hidden: Int) {
        self.hidden = hidden
        blocks = zip(slots, Gate.allCases).map { Block(slot: $0, column: 0, gate: $1) }
    }

    /// The matrix's columns := the tensors' values.
    func gather<S: Scalar>(_ values: ParameterVector<S>, into matrix: Tensor<S>) {
        for block in blocks {
            let columns = block.slot.shape.last!
            copyColumns(
                of: values[block.slot], columns, from: block.column, into: matrix, 4 * hidden,
                at: block.gate.rawValue * hidden, count: hidden)
        }
    }

    /// The tensors' gradients += the matrix's columns.
    func scatter<S: Scalar>(_ matrix: Tensor<S>, accumulatingInto gradient: ParameterVector<S>) {
        for block in blocks {
            let columns = block.slot.shape.last!
            addColumns(
                of: matrix, 4 * hidden, from: block.gate.rawValue * hidden, accumulatingInto: gradient[block.slot],
                columns, at: block.column, count: hidden)
        }
    }
}
