// The gradient of weights in the Winograd domain: summed there over time, and transformed back once per update, straight
// into the tensors that have the columns.
//
//     dg = G' dU G

import CProcessor

/// The accumulated gradient of weights in the Winograd domain, (points, rows, padded columns). It starts empty.
package final class TransformedGradient<S: Scalar> {
    package let geometry: WinogradGeometry
    package let rows, columns: Int
    let rowStride: Int
    fileprivate let pointStride: Int

    /// Arbitrary values while the sum is empty.
    private let elements: Tensor<S>

    /// Whether no product has been accumulated yet.
    private(set) var isEmpty = true

    package init(_ geometry: WinogradGeometry, rows: Int, columns: Int) {
        (self.geometry, self.rows, self.columns) = (geometry, rows, columns)
        rowStride = Kernels.rowStride(channels: columns)
        pointStride = Kernels.pointStride(rows: rows, rowStride: rowStride)
        elements = Tensor(Self.count(geometry, rows: rows, columns: columns))
    }

    /// Returns the number of elements that the gradient occupies. A vector of the last columns may end behind the last row.
    package static func count(_ geometry: WinogradGeometry, rows: Int, columns: Int) -> Int {
        geometry.points * Kernels.pointStride(rows: rows, rowStride: Kernels.rowStride(channels: columns)) + 16
    }

    package func clear() { isEmpty = true }

    /// Records that a product was accumulated.
    func hasGrown() { isEmpty = false }

    func point(_ point: Int) -> UnsafeMutablePointer<S> { elements.pointer + point * pointStride }

    /// Computes dg += G' dU G.
    ///
    /// - Parameter gradient: (kernel x kernel x rows, columns).
    package func transformBack(accumulatingInto gradient: Tensor<S>) {
        transformBack([GradientColumns(0..<columns, to: gradient, columns: columns, at: 0)])
    }

    /// Computes dg += G' dU G, of which each tensor has some columns.
    package func transformBack(_ targets: [GradientColumns<S>]) {
        for target in targets {
            precondition(target.source.upperBound <= columns && target.first + target.source.count <= target.columns)
            precondition(target.gradient.count == geometry.kernel * geometry.kernel * rows * target.columns)
        }
        guard !isEmpty else { return }
        forPrecision(
            of: S.self, float: { unpack(retyped(self), retyped(targets) as [GradientColumns<Float>]) },
            double: { unpack(retyped(self), retyped(targets) as [GradientColumns<Double>]) })
    }
}

/// Columns of the gradient of a kernel, and where they are added.
package struct GradientColumns<S: Scalar> {
    fileprivate let source: Range<Int>
    fileprivate let gradient: Tensor<S>
    fileprivate let columns, first: Int

    /// - Parameters:
    ///   - gradient: (kernel x kernel x rows, columns).
    ///   - first: the first of its columns that is added to.
    package init(_ source: Range<Int>, to gradient: Tensor<S>, columns: Int, at first: Int) {
        (self.source, self.gradient, self.columns, self.first) = (source, gradient, columns, first)
    }
}

@inline(always)
private func unpack<S: Scalar>(_ transformed: TransformedGradient<S>, _ targets: [GradientColumns<S>]) {
    switch transformed.geometry.kernel {
    case 2: unpack(WinogradKernel2.self, transformed, targets)
    case 3: unpack(WinogradKernel3.self, transformed, targets)
    default: unpack(WinogradKernel5.self, transformed, targets)
    }
}

private func unpack<S: Scalar, Filter: WinogradAlgorithm>(
    _ filter: Filter.Type, _ transformed: TransformedGradient<S>, _ targets: [GradientColumns<S>]
) {
    let k = Filter.taps, n = Filter.points, rows = transformed.rows, pointStride = transformed.pointStride
    withSquare(n) { (square: Square<S>) in
        for row in 0..<rows {
            for target in targets {
                let source = transformed.point(0) + row * transformed.rowStride + target.source.lowerBound
                let gradient = target.gradient.pointer + row * target.columns + target.first
                S.Vector.forEach(of: target.source.count) { column, lanes in
                    for p in 0..<n {
                        let points = source + (p &* n &* pointStride &+ column)
                        // The next columns, which are next in every point.
                        for q in 0..<n { ckernels_prefetch(points + (q &* pointStride &+ 16)) }
                        Filter.filterBackward(VectorRow(points, stride: pointStride), into: square.row(p))
                    }
                    for j in 0..<k {
                        let taps = square.column(j)
                        Filter.filterBackward(taps, into: taps)
                        for i in 0..<k {
                            let place = gradient + ((i &* k &+ j) &* rows &* target.columns &+ column)
                            (S.Vector.load(place, lanes) + taps[i]).store(place, lanes)
                        }
                    }
                }
            }
        }
    }
}
