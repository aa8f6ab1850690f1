// Orthonormal rows, by Gram and Schmidt. Each row is projected twice, which leaves it orthogonal to the last bits, and
// every sum has one fixed order: the same matrix gives the same bits on every machine, which LAPACK does not promise.

/// Replaces each row by its part orthogonal to the rows before it, at length 1: the factor Q of the transposed matrix's
/// QR decomposition, with R's diagonal positive.
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

/// v -= (q . v) q.
private func removeProjection(on q: Tensor<Double>, from v: Tensor<Double>) {
    let (q, v, count) = (q.pointer, v.pointer, q.count)
    var products = SIMD16<Double>(repeating: 0)
    forEachLanes(of: count) { at, n in products.addProduct(SIMD16.load(q + at, n), SIMD16.load(v + at, n)) }
    let share = SIMD16(repeating: -products.sum())
    forEachLanes(of: count) { at, n in
        SIMD16.load(v + at, n).addingProduct(share, SIMD16.load(q + at, n)).store(v + at, n)
    }
}
