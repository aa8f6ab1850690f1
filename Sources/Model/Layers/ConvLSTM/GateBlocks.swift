// The mapping between learned tensors and the matrix of all four gates. Systems divide the weights of a ConvLSTM into
// tensors in different ways; the products need one matrix whose columns are the gates i, f, g, o. The choice: a list of
// blocks says which columns of which tensor belong to which gate; it serves to gather values and to scatter gradients.

import Kernels

/// The gates in the order of the columns.
package enum Gate: Int, CaseIterable {
    case i, f, g, o
}

/// The order of the gates' columns in a matrix.
enum ColumnOrder {
    /// All channels of a gate together.
    case sideBySide

    /// In blocks of sixteen channels, with the gates side by side in each block: see `GateColumns`.
    case inBlocks
}

/// A matrix (rows, 4 hidden) that is assembled from learned tensors.
struct GateBlocks {
    /// Columns [column, column + hidden) of a tensor, which hold the weights of one gate.
    struct Block {
        let slot: ParameterSlot
        let column: Int
        let gate: Gate
    }

    let blocks: [Block]
    let hidden: Int

    /// The order of the matrix's columns.
    private var order = ColumnOrder.sideBySide

    /// Creates the mapping for one tensor with the gates side by side.
    init(fused slot: ParameterSlot, hidden: Int) {
        self.hidden = hidden
        blocks = Gate.allCases.map { Block(slot: slot, column: $0.rawValue * hidden, gate: $0) }
    }

    /// Creates the mapping for one tensor per gate, in the order of `Gate`.
    init(perGate slots: [ParameterSlot], hidden: Int) {
        self.hidden = hidden
        blocks = zip(slots, Gate.allCases).map { Block(slot: $0, column: 0, gate: $1) }
    }

    /// Returns the mapping to a matrix with its columns in another order.
    func with(_ order: ColumnOrder) -> GateBlocks {
        var blocks = self
        blocks.order = order
        return blocks
    }

    /// A run of columns that is contiguous in both the tensor and the matrix.
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

    /// Copies the values of the tensors to the columns of the matrix.
    func gather<S: Scalar>(_ values: ParameterVector<S>, into matrix: Tensor<S>) {
        for piece in pieces {
            copyColumns(
                of: values[piece.slot], piece.slot.shape.last!, from: piece.column, into: matrix, 4 * hidden,
                at: piece.matrixColumn, count: piece.count)
        }
    }

    /// Returns the gradients of the tensors as the targets of the matrix's columns, in the order of these.
    func targets<S: Scalar>(in gradient: ParameterVector<S>) -> [GradientColumns<S>] {
        pieces.sorted { $0.matrixColumn < $1.matrixColumn }.map {
            GradientColumns(
                $0.matrixColumn..<$0.matrixColumn + $0.count, to: gradient[$0.slot], columns: $0.slot.shape.last!,
                at: $0.column)
        }
    }

    /// Adds the columns of the matrix to the gradients of the tensors.
    func scatter<S: Scalar>(_ matrix: Tensor<S>, accumulatingInto gradient: ParameterVector<S>) {
        for piece in pieces {
            addColumns(
                of: matrix, 4 * hidden, from: piece.matrixColumn, accumulatingInto: gradient[piece.slot],
                piece.slot.shape.last!, at: piece.column, count: piece.count)
        }
    }
}
