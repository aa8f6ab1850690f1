// Matrix products through OpenBLAS. This is the only caller of gemm.

import COpenBLAS

/// Computes C = A B.
package func multiply<S: Scalar>(_ a: Matrix<S>, _ b: Matrix<S>, into c: Matrix<S>) {
    product(a, b, beta: 0, c)
}

/// Computes C += A B.
package func multiply<S: Scalar>(_ a: Matrix<S>, _ b: Matrix<S>, accumulatingInto c: Matrix<S>) {
    product(a, b, beta: 1, c)
}

private func product<S: Scalar>(_ a: Matrix<S>, _ b: Matrix<S>, beta: S, _ c: Matrix<S>) {
    precondition(
        a.rows == c.rows && a.columns == b.rows && b.columns == c.columns && !c.isTransposed,
        "product of \(a.rows) x \(a.columns) and \(b.rows) x \(b.columns) into \(c.rows) x \(c.columns)")
    BLASLibrary.useOneThread()
    let (rows, columns, depth) = (blasint(c.rows), blasint(c.columns), blasint(a.columns))
    let (strideA, strideB, strideC) = (blasint(a.stride), blasint(b.stride), blasint(c.stride))
    forPrecision(
        of: S.self,
        float: {
            cblas_sgemm(
                CblasRowMajor, a.transposition, b.transposition, rows, columns, depth, 1, retyped(a.pointer), strideA,
                retyped(b.pointer), strideB, Float(beta), retyped(c.pointer), strideC)
        },
        double: {
            cblas_dgemm(
                CblasRowMajor, a.transposition, b.transposition, rows, columns, depth, 1, retyped(a.pointer), strideA,
                retyped(b.pointer), strideB, Double(beta), retyped(c.pointer), strideC)
        })
}
