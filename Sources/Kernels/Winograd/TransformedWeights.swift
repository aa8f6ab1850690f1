// Weights in the Winograd domain, packed in the order in which the micro-kernel reads them: for each point, panels as wide
// as its sums, all rows of a panel contiguous. They are computed once per update of the parameters and used at every time
// step of every sequence.
//
//     U = G g G'

import CProcessor
import Platform

/// The transformed, packed weights of one kernel.
package struct TransformedWeights<S: Scalar>: Sendable {
    package let geometry: WinogradGeometry

    /// The numbers of input channels and output channels of the product.
    package let rows, columns: Int

    private let elements: Tensor<S>

    package init(_ geometry: WinogradGeometry, rows: Int, columns: Int) {
        (self.geometry, self.rows, self.columns) = (geometry, rows, columns)
        blocks = Kernels.blocks(of: columns)
        pointStride = Kernels.pointStride(rows: rows, rowStride: 16 * blocks)
        elements = Tensor(geometry.points * pointStride)
    }

    /// The number of blocks of all columns.
    let blocks: Int

    /// The distance from one point to the next, in elements.
    fileprivate let pointStride: Int

    /// Returns the first row of the panel that begins at a block.
    func panel(point: Int, block: Int) -> UnsafeMutablePointer<S> {
        elements.pointer + point * pointStride + 16 * rows * block
    }

    /// Transforms and packs the weights of a kernel.
    ///
    /// - Parameter weights: (kernel x kernel x rows, columns).
    package func transform(_ weights: Tensor<S>) {
        precondition(weights.count == geometry.kernel * geometry.kernel * rows * columns)
        forPrecision(
            of: S.self, float: { pack(retyped(weights) as Tensor<Float>, retyped(self)) },
            double: { pack(retyped(weights) as Tensor<Double>, retyped(self)) })
        finishStreams()
    }
}

/// The partition of blocks of sixteen columns into panels, each as wide as what the micro-kernel accumulates at once, so
/// that it reads all of a panel's memory. Were the rows further apart than they are long, they would crowd in a few sets of
/// the L1 cache.
struct Panels: Sequence, IteratorProtocol {
    private var first: Int
    private let last: Int

    init(_ blocks: Range<Int>) { (first, last) = (blocks.lowerBound, blocks.upperBound) }

    static var width: Int { Swift.max(1, Int(ckernels_columns_at_once()) * FloatVector.width / 16) }

    mutating func next() -> (first: Int, count: Int)? {
        guard first < last else { return nil }
        defer { first += Self.width }
        return (first, Swift.min(Self.width, last - first))
    }
}

@inline(always)
private func pack<S: Scalar>(_ weights: Tensor<S>, _ transformed: TransformedWeights<S>) {
    switch transformed.geometry.kernel {
    case 2: pack(WinogradKernel2.self, weights, transformed)
    case 3: pack(WinogradKernel3.self, weights, transformed)
    default: pack(WinogradKernel5.self, weights, transformed)
    }
}

/// The rows that are packed side by side: each is contiguous over all panels, and a panel over all rows.
private let rowsAtOnce = 4

private func pack<S: Scalar, Filter: WinogradAlgorithm>(
    _ filter: Filter.Type, _ weights: Tensor<S>, _ transformed: TransformedWeights<S>
) {
    let rows = transformed.rows, columns = transformed.columns, blocks = 0..<transformed.blocks
    withSquare(Filter.points) { (square: Square<S>) in
        for someRows in (0..<rows).chunks(of: rowsAtOnce) {
            for (first, count) in Panels(blocks) {
                for row in someRows {
                    for block in first..<first + count {
                        let panel = transformed.panel(point: 0, block: first) + 16 * (row * count + block - first)
                        packBlock(
                            filter, weights.pointer + (row * columns + 16 * block), tapStride: rows * columns,
                            columns: columns - 16 * block, square, into: panel, pointStride: transformed.pointStride)
                    }
                }
            }
        }
    }
}

/// Transforms a block of sixteen columns of one row.
///
/// - Parameter columns: the number of columns that are left.
@inline(always)
private func packBlock<S: Scalar, Filter: WinogradAlgorithm>(
    _: Filter.Type, _ weights: UnsafePointer<S>, tapStride: Int, columns: Int, _ square: Square<S>,
    into panel: UnsafeMutablePointer<S>, pointStride: Int
) {
    let k = Filter.taps, n = Filter.points
    for part in BlockParts<S>() {
        for j in 0..<k {
            let taps = square.column(j, part)
            for i in 0..<k {
                taps[i] = .load(weights + ((i &* k &+ j) &* tapStride &+ part.channel), columns - part.channel)
            }
            Filter.filter(taps, into: taps)
        }
    }
    for p in 0..<n {
        let points = square.streamed(row: p, to: VectorRow(panel + p &* n &* pointStride, stride: pointStride))
        for part in BlockParts<S>() { Filter.filter(square.row(p, part), into: points[part]) }
        points.finish(n)
    }
}

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

    /// Returns the number of elements that the gradient occupies.
    package static func count(_ geometry: WinogradGeometry, rows: Int, columns: Int) -> Int {
        geometry.points * Kernels.pointStride(rows: rows, rowStride: Kernels.rowStride(channels: columns))
    }

    package func clear() { isEmpty = true }

    /// Records that a product was accumulated.
    func hasGrown() { isEmpty = false }

    func point(_ point: Int) -> UnsafeMutablePointer<S> { elements.pointer + point * pointStride }

    /// Computes dg += G' dU G.
    ///
    /// - Parameter gradient: (kernel x kernel x rows, columns).
    package func transformBack(accumulatingInto gradient: Tensor<S>) {
        precondition(gradient.count == geometry.kernel * geometry.kernel * rows * columns)
        guard !isEmpty else { return }
        forPrecision(
            of: S.self, float: { unpack(retyped(self), retyped(gradient) as Tensor<Float>) },
            double: { unpack(retyped(self), retyped(gradient) as Tensor<Double>) })
    }
}

@inline(always)
private func unpack<S: Scalar>(_ transformed: TransformedGradient<S>, _ gradient: Tensor<S>) {
    switch transformed.geometry.kernel {
    case 2: unpack(WinogradKernel2.self, transformed, gradient)
    case 3: unpack(WinogradKernel3.self, transformed, gradient)
    default: unpack(WinogradKernel5.self, transformed, gradient)
    }
}

private func unpack<S: Scalar, Filter: WinogradAlgorithm>(
    _ filter: Filter.Type, _ transformed: TransformedGradient<S>, _ gradient: Tensor<S>
) {
    let k = Filter.taps, n = Filter.points, rows = transformed.rows, columns = transformed.columns
    let pointStride = transformed.pointStride
    withSquare(n) { (square: Square<S>) in
        for row in 0..<rows {
            S.Vector.forEach(of: columns) { column, lanes in
                let source = transformed.point(0) + row * transformed.rowStride + column
                for p in 0..<n {
                    Filter.filterBackward(
                        VectorRow(source + p &* n &* pointStride, stride: pointStride), into: square.row(p))
                }
                let target = gradient.pointer + row * columns + column
                for j in 0..<k {
                    let taps = square.column(j)
                    Filter.filterBackward(taps, into: taps)
                    for i in 0..<k {
                        let place = target + (i &* k &+ j) &* rows &* columns
                        (S.Vector.load(place, lanes) + taps[i]).store(place, lanes)
                    }
                }
            }
        }
    }
}
