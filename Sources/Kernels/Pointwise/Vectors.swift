// Sums over long vectors. The choice: the order is fixed, so that the same input gives the same bits on every run, on
// every rank and for every vector width of the machine.

/// Computes y += x.
@specialized(where S == Float)
@specialized(where S == Double)
package func add<S: Scalar>(_ x: Tensor<S>, accumulatingInto y: Tensor<S>) {
    precondition(x.count == y.count, "\(x.shape) added to \(y.shape)")
    let (x, y, count) = (x.pointer, y.pointer, x.count)
    S.Vector.forEach(of: count) { at, n in (S.Vector.load(y + at, n) + S.Vector.load(x + at, n)).store(y + at, n) }
}

/// Computes y *= factor.
@specialized(where S == Float)
@specialized(where S == Double)
package func scale<S: Scalar>(_ y: Tensor<S>, by factor: S) {
    let (y, count) = (y.pointer, y.count)
    S.Vector.forEach(of: count) { at, n in (S.Vector.load(y + at, n) * factor).store(y + at, n) }
}

/// Returns the sum of squares, accumulated in double precision.
///
/// - Parameter limit: elements are clamped to [-limit, limit] first.
@specialized(where S == Float)
@specialized(where S == Double)
package func sumOfSquares<S: Scalar>(_ x: Tensor<S>, within limit: S = .infinity) -> Double {
    let (x, count) = (x.pointer, x.count)
    let limit = Double(limit)
    return DoubleVector.sumOfSixteen { sum, first in
        DoubleVector.forEach(of: count, from: first, by: 16) { at, n in
            let values = DoubleVector.load(widening: x + at).keeping(first: n).bounded(by: limit)
            sum.addProduct(values, values)
        }
    }
}

/// Adds to sums[column] the sum over the rows, in blocks of rows so that long columns lose no precision.
@specialized(where S == Float)
@specialized(where S == Double)
package func sumRows<S: Scalar>(of x: Tensor<S>, accumulatingInto sums: Tensor<S>) {
    let pointer = x.pointer
    addRows(of: x, sums) { at, n in S.Vector.load(pointer + at, n) }
}

/// Adds to sums[column] the sum over the rows of x y; see `sumRows(of:accumulatingInto:)`.
@specialized(where S == Float)
@specialized(where S == Double)
package func sumRows<S: Scalar>(ofProducts x: Tensor<S>, _ y: Tensor<S>, accumulatingInto sums: Tensor<S>) {
    precondition(x.count == y.count, "\(x.shape) times \(y.shape)")
    let (left, right) = (x.pointer, y.pointer)
    addRows(of: x, sums) { at, n in S.Vector.load(left + at, n) * S.Vector.load(right + at, n) }
}

@inline(always)
private func addRows<S: Scalar>(
    of x: Tensor<S>, _ sums: Tensor<S>, _ term: (_ place: Int, _ lanes: Int) -> S.Vector
) {
    let columns = sums.count, rows = x.count / columns, rowsAtOnce = 256
    precondition(x.count == rows * columns, "rows of \(columns) in \(x.shape)")
    let sums = sums.pointer
    for first in stride(from: 0, to: rows, by: rowsAtOnce) {
        let last = min(first + rowsAtOnce, rows)
        S.Vector.forEach(of: columns) { column, n in
            var sum = S.Vector.zero
            for row in first..<last { sum += term(row * columns + column, n) }
            (S.Vector.load(sums + column, n) + sum).store(sums + column, n)
        }
    }
}

/// Copies `row` to each row of y.
@specialized(where S == Float)
@specialized(where S == Double)
package func repeatRow<S: Scalar>(_ row: Tensor<S>, into y: Tensor<S>) {
    precondition(y.count % row.count == 0, "\(row.shape) repeated into \(y.shape)")
    for first in stride(from: 0, to: y.count, by: row.count) {
        (y.pointer + first).update(from: row.pointer, count: row.count)
    }
}

/// Adds `row` to each row of y.
@specialized(where S == Float)
@specialized(where S == Double)
package func addRow<S: Scalar>(_ row: Tensor<S>, toRowsOf y: Tensor<S>) {
    precondition(y.count % row.count == 0, "\(row.shape) added to \(y.shape)")
    for first in stride(from: 0, to: y.count, by: row.count) {
        let y = y.pointer + first, x = row.pointer
        S.Vector.forEach(of: row.count) { k, n in (S.Vector.load(y + k, n) + S.Vector.load(x + k, n)).store(y + k, n) }
    }
}
