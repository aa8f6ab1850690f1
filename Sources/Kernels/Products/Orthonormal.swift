// Orthonormal rows by the Gram-Schmidt process. The choice: each row is projected twice, which makes it orthogonal to
// working precision, and every sum has a fixed order. So the same matrix gives the same bits on every machine, which
// LAPACK does not guarantee.

/// Replaces each row by its component orthogonal to the previous rows, normalized to length 1. The result is the factor
/// Q of the QR decomposition of the transposed matrix, with a positive diagonal of R.
///
/// Source: Giraud, Langou and Rozloznik, "The loss of orthogonality in the Gram-Schmidt orthogonalization process",
/// 2005.
///
/// - Parameter matrix: (rows, columns), with linearly independent rows.
package func orthonormalizeRows(of matrix: Tensor<Double>) {
    let rows = matrix.shape[0], columns = matrix.shape[1]
    precondition(rows <= columns, "\(rows) orthonormal rows of \(columns) numbers")
    for row in 0..<rows {
        let v = matrix[row]
        for _ in 0..<2 {
            for earlier in 0..<row { removeProjection(on: matrix[earlier], from: v) }
        }
        scale(v, by: 1 / sumOfSquares(v).squareRoot())
    }
}

/// Computes v -= (q . v) q.
private func removeProjection(on q: Tensor<Double>, from v: Tensor<Double>) {
    let (q, v, count) = (q.pointer, v.pointer, q.count)
    let product = DoubleVector.sumOfSixteen { sum, first in
        DoubleVector.forEach(of: count, from: first, by: 16) { at, n in
            sum.addProduct(.load(q + at, n), .load(v + at, n))
        }
    }
    let share = DoubleVector(repeating: -product)
    DoubleVector.forEach(of: count) { at, n in
        DoubleVector.load(v + at, n).addingProduct(share, .load(q + at, n)).store(v + at, n)
    }
}
