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
            of: S.self, float: { pack(retyped(self), Kernel(retyped(weights) as Tensor<Float>)) },
            double: { pack(retyped(self), Kernel(retyped(weights) as Tensor<Double>)) })
        finishStreams()
    }

    /// Transforms and packs the transposed weights of kernels that read different channels, side by side: [U_1 U_2 ...]'.
    ///
    /// - Parameter kernels: (kernel x kernel x channels, rows) each, whose channels together are the columns.
    package func transform(transposed kernels: [Tensor<S>]) {
        precondition(
            kernels.map(\.count).reduce(0, +) == geometry.kernel * geometry.kernel * rows * columns)
        forPrecision(
            of: S.self,
            float: { pack(retyped(self), TransposedKernels(retyped(kernels) as [Tensor<Float>])) },
            double: { pack(retyped(self), TransposedKernels(retyped(kernels) as [Tensor<Double>])) })
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

/// Where the weights come from that are packed, a few rows and sixteen columns at a time.
private protocol PackedSource<S> {
    associatedtype S: Scalar

    /// The rows that are packed side by side: each is contiguous over all panels, and a panel over all rows.
    static var rowsAtOnce: Int { get }

    /// Calls the body with the weights of each row in a block: (taps, at least the block's columns).
    func forEachRow(
        of rows: Range<Int>, block: Int, of transformed: TransformedWeights<S>,
        _ body: (_ row: Int, _ weights: UnsafePointer<S>, _ tapStride: Int) -> Void)
}

/// A kernel as it is: (taps x rows, columns).
private struct Kernel<S: Scalar>: PackedSource {
    private let weights: Tensor<S>

    init(_ weights: Tensor<S>) { self.weights = weights }

    static var rowsAtOnce: Int { 4 }

    @inline(always)
    func forEachRow(
        of rows: Range<Int>, block: Int, of transformed: TransformedWeights<S>,
        _ body: (_ row: Int, _ weights: UnsafePointer<S>, _ tapStride: Int) -> Void
    ) {
        let columns = transformed.columns
        for row in rows {
            body(row, UnsafePointer(weights.pointer + (row * columns + 16 * block)), transformed.rows * columns)
        }
    }
}

/// Kernels whose channels are the columns, side by side: (taps x channels, rows) each. A block is turned in the L1 cache.
private struct TransposedKernels<S: Scalar>: PackedSource {
    private let kernels: [Tensor<S>]

    init(_ kernels: [Tensor<S>]) { self.kernels = kernels }

    /// A cache line of each channel.
    static var rowsAtOnce: Int { 16 }

    @inline(always)
    func forEachRow(
        of rows: Range<Int>, block: Int, of transformed: TransformedWeights<S>,
        _ body: (_ row: Int, _ weights: UnsafePointer<S>, _ tapStride: Int) -> Void
    ) {
        let taps = transformed.geometry.kernel * transformed.geometry.kernel, stride = transformed.rows
        withUnsafeTemporaryAllocation(of: S.self, capacity: taps * 256) { memory in
            let turned = memory.baseAddress!
            var first = 0
            for kernel in kernels {
                let channels = kernel.count / (taps * stride), columns = first..<first + channels
                for column in (16 * block..<16 * block + 16).clamped(to: columns) {
                    for tap in 0..<taps {
                        let source = kernel.pointer + (tap * channels + column - first) * stride
                        let target = turned + (256 * tap + column - 16 * block)
                        // The rows that are turned next.
                        ckernels_prefetch(source + rows.upperBound)
                        for row in rows { target[16 &* (row &- rows.lowerBound)] = source[row] }
                    }
                }
                first += channels
            }
            for row in rows { body(row, UnsafePointer(turned + 16 * (row - rows.lowerBound)), 256) }
        }
    }
}

@inline(always)
private func pack<Source: PackedSource>(_ transformed: TransformedWeights<Source.S>, _ source: Source) {
    switch transformed.geometry.kernel {
    case 2: pack(WinogradKernel2.self, transformed, source)
    case 3: pack(WinogradKernel3.self, transformed, source)
    default: pack(WinogradKernel5.self, transformed, source)
    }
}

private func pack<Filter: WinogradAlgorithm, Source: PackedSource>(
    _ filter: Filter.Type, _ transformed: TransformedWeights<Source.S>, _ source: Source
) {
    withSquare(Filter.points) { (square: Square<Source.S>) in
        for rows in (0..<transformed.rows).chunks(of: Source.rowsAtOnce) {
            for (first, count) in Panels(0..<transformed.blocks) {
                for block in first..<first + count {
                    source.forEachRow(of: rows, block: block, of: transformed) { row, weights, tapStride in
                        let panel = transformed.panel(point: 0, block: first) + 16 * (row * count + block - first)
                        packBlock(
                            filter, weights, tapStride: tapStride, columns: transformed.columns - 16 * block, square,
                            into: panel, pointStride: transformed.pointStride)
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
