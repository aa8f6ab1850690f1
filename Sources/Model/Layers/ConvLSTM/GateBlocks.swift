// How learned tensors and the matrix of all four gates correspond. Systems divide a ConvLSTM's weights into tensors in
// different ways; the products want one matrix whose columns are the gates i, f, g, o. A list of blocks says which
// columns of which tensor are which gate, and serves both ways: values in, gradients out.

import Kernels

/// The gates in the order of the columns.
package enum Gate: Int, CaseIterable {
    case i, f, g, o
}

/// How the gates share a matrix's columns.
enum ColumnOrder {
    /// All of a gate's channels together.
    case sideBySide

    /// In blocks of sixteen channels, the gates side by side in each: `GateColumns`.
    case inBlocks
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

    /// Of the matrix's columns.
    private var order = ColumnOrder.sideBySide

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

    /// For a matrix with its columns in another order.
    func with(_ order: ColumnOrder) -> GateBlocks {
        var blocks = self
        blocks.order = order
        return blocks
    }

    /// Columns that are together in both.
    private struct Piece {
        let slot: ParameterSlot
        let column, matrixColumn, count: Int
    }

    private var pieces: [Piece] {
        switch order {
        case .sideBySide:
            return blocks.map {
                Piece(slot: $0.slot, column: $0.column, matrixColumn: $0.gate.rawValue * hidden, count: hidden)
            }
        case .inBlocks:
            let columns = GateColumns(hidden: hidden)
            return blocks.flatMap { block in
                (0..<columns.blocks).map {
                    Piece(
                        slot: block.slot, column: block.column + 16 * $0,
                        matrixColumn: columns.first(block: $0, gate: block.gate.rawValue), count: columns.width($0))
                }
            }
        }
    }

    /// The matrix's columns := the tensors' values.
    func gather<S: Scalar>(_ values: ParameterVector<S>, into matrix: Tensor<S>) {
        for piece in pieces {
            copyColumns(
                of: values[piece.slot], piece.slot.shape.last!, from: piece.column, into: matrix, 4 * hidden,
                at: piece.matrixColumn, count: piece.count)
        }
    }

    /// The tensors' gradients += the matrix's columns.
    func scatter<S: Scalar>(_ matrix: Tensor<S>, accumulatingInto gradient: ParameterVector<S>) {
        for piece in pieces {
            addColumns(
                of: matrix, 4 * hidden, from: piece.matrixColumn, accumulatingInto: gradient[piece.slot],
                piece.slot.shape.last!, at: piece.column, count: piece.count)
        }
    }
}
