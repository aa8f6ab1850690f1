// Copying and adding columns of row-major matrices.

/// Copies `count` columns of `source`, a matrix of `sourceColumns` columns, from column `from` on. They go to the
/// columns of `target`, a matrix of `targetColumns` columns, from column `at` on.
@specialized(where S == Float)
@specialized(where S == Double)
package func copyColumns<S: Scalar>(
    of source: Tensor<S>, _ sourceColumns: Int, from: Int, into target: Tensor<S>, _ targetColumns: Int, at: Int,
    count: Int
) {
    let rows = checkedRows(source, sourceColumns, from, target, targetColumns, at, count)
    for row in 0..<rows {
        let x = source.pointer + row * sourceColumns + from, y = target.pointer + row * targetColumns + at
        S.Vector.forEach(of: count) { k, n in S.Vector.load(x + k).store(y + k, over: n) }
    }
}

/// Like `copyColumns`, but adds to the columns of the target.
@specialized(where S == Float)
@specialized(where S == Double)
package func addColumns<S: Scalar>(
    of source: Tensor<S>, _ sourceColumns: Int, from: Int, accumulatingInto target: Tensor<S>, _ targetColumns: Int,
    at: Int, count: Int
) {
    let rows = checkedRows(source, sourceColumns, from, target, targetColumns, at, count)
    for row in 0..<rows {
        let x = source.pointer + row * sourceColumns + from, y = target.pointer + row * targetColumns + at
        S.Vector.forEach(of: count) { k, n in (S.Vector.load(y + k) + S.Vector.load(x + k)).store(y + k, over: n) }
    }
}

private func checkedRows<S: Scalar>(
    _ source: Tensor<S>, _ sourceColumns: Int, _ from: Int, _ target: Tensor<S>, _ targetColumns: Int, _ at: Int,
    _ count: Int
) -> Int {
    let rows = source.count / sourceColumns
    precondition(rows * sourceColumns == source.count && rows * targetColumns == target.count, "rows differ")
    precondition(from >= 0 && from + count <= sourceColumns && at >= 0 && at + count <= targetColumns)
    return rows
}
