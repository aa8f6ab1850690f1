// Matrix views of tensors: whole or a range of rows, as stored or transposed.

import COpenBLAS

/// A row-major matrix in a tensor, `rows` x `columns`, whose rows are `stride` elements apart; or its transpose.
package struct Matrix<S: Scalar>: Sendable {
    package let rows, columns: Int
    let stride: Int
    let tensor: Tensor<S>
    let start: Int
    let isTransposed: Bool

    package init(_ tensor: Tensor<S>, rows: Int, columns: Int) {
        precondition(rows * columns == tensor.count, "a \(rows) x \(columns) matrix of \(tensor.shape)")
        self.init(rows: rows, columns: columns, stride: columns, tensor: tensor, start: 0, isTransposed: false)
    }

    private init(rows: Int, columns: Int, stride: Int, tensor: Tensor<S>, start: Int, isTransposed: Bool) {
        self.rows = rows
        self.columns = columns
        self.stride = stride
        self.tensor = tensor
        self.start = start
        self.isTransposed = isTransposed
    }

    package var transposed: Matrix {
        Matrix(
            rows: columns, columns: rows, stride: stride, tensor: tensor, start: start, isTransposed: !isTransposed)
    }

    /// A view of a range of rows.
    package subscript(rows range: Range<Int>) -> Matrix {
        precondition(!isTransposed && range.lowerBound >= 0 && range.upperBound <= rows)
        return Matrix(
            rows: range.count, columns: columns, stride: stride, tensor: tensor,
            start: start + range.lowerBound * stride, isTransposed: false)
    }

    var pointer: UnsafeMutablePointer<S> { tensor.pointer + start }
    var transposition: CBLAS_TRANSPOSE { isTransposed ? CblasTrans : CblasNoTrans }
}
