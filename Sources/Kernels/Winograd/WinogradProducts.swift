// The three products of a convolution in the Winograd domain, computed separately at each point:
//
//     M = V_x U_x + V_h U_h        dV = dM U'        dU += V' dM
//
// V is (tiles, input channels), U (input channels, output channels), M (tiles, output channels).

import Platform

/// The maps of some images and the weights that they are multiplied by.
package struct PointFactor<S: Scalar> {
    let maps: TransformedMaps<S>
    let first: Int
    let weights: TransformedWeights<S>

    /// - Parameter first: the index of the first image in the maps.
    package init(_ maps: TransformedMaps<S>, first: Int = 0, _ weights: TransformedWeights<S>) {
        precondition(maps.channels == weights.rows, "\(maps.channels) channels times \(weights.rows) rows")
        (self.maps, self.first, self.weights) = (maps, first, weights)
    }

    /// Returns the columns of one panel at one point.
    ///
    /// - Parameter next: the point whose panel is prefetched.
    @inline(always)
    fileprivate func segment(point: Int, block: Int, _ count: Int, next: Int) -> Segment<S> {
        Segment(
            a: UnsafePointer(maps.row(first * maps.geometry.tiles) + point * maps.pointStride),
            order: .rows(stride: maps.rowStride), b: UnsafePointer(weights.panel(point: point, block: block)),
            bStride: 16 * count, depth: weights.rows, next: .contiguous(weights.panel(point: next, block: block)))
    }
}

/// Computes columns of M = V_x U_x (+ V_h U_h): those of one block of gates, so that they need not leave the caches.
///
/// - Parameters:
///   - column: the first column, a multiple of 64: that of a block of gates.
///   - m: receives as many columns as it has, in its first images.
package func multiplyForward<S: Scalar>(
    _ x: PointFactor<S>, _ h: PointFactor<S>? = nil, from column: Int, into m: TransformedMaps<S>, images: Int
) {
    forPrecision(
        of: S.self,
        float: { multiply(retyped(x), retyped(h), column / 16, retyped(m) as TransformedMaps<Float>, images) },
        double: { multiply(retyped(x), retyped(h), column / 16, retyped(m) as TransformedMaps<Double>, images) })
}

@inline(always)
private func multiply<S: Scalar>(
    _ x: PointFactor<S>, _ h: PointFactor<S>?, _ first: Int, _ m: TransformedMaps<S>, _ images: Int
) {
    let points = m.geometry.points, last = first + blocks(of: m.channels)
    precondition(first % 4 == 0 && last <= x.weights.blocks && images <= m.images)
    for point in 0..<points {
        let next = min(point + 1, points - 1), rows = m.row(0) + point * m.pointStride
        for (block, width) in Panels(first..<last) {
            multiplyColumns(
                16 * width, x.segment(point: point, block: block, width, next: next),
                h?.segment(point: point, block: block, width, next: next), rows: images * m.geometry.tiles,
                rows + 16 * (block - first), cStride: m.rowStride, accumulating: false)
        }
    }
}

/// The product dV = dM U' of some images.
package struct InputProduct<S: Scalar> {
    let factor: PointFactor<S>
    let images: Int
    let dv: TransformedMaps<S>

    /// - Parameter dv: receives the gradient in its first images.
    package init(_ dm: PointFactor<S>, images: Int, into dv: TransformedMaps<S>) {
        precondition(dm.weights.columns == dv.channels && images <= dv.images)
        (factor, self.images, self.dv) = (dm, images, dv)
    }

    /// The channels from a block on, in whole vectors.
    private func columns(from block: Int) -> Int {
        let width = S.Vector.width
        return (dv.channels - 16 * block + width - 1) / width * width
    }

    @inline(always)
    fileprivate func multiply(point: Int) {
        let next = min(point + 1, dv.geometry.points - 1)
        for (block, count) in Panels(0..<factor.weights.blocks) {
            multiplyColumns(
                min(16 * count, columns(from: block)), factor.segment(point: point, block: block, count, next: next),
                nil, rows: images * dv.geometry.tiles, dv.row(0) + point * dv.pointStride + 16 * block,
                cStride: dv.rowStride, accumulating: false)
        }
    }
}

/// The product dU += V' dM over some images.
package struct WeightProduct<S: Scalar> {
    let v, dm: TransformedMaps<S>
    let first, firstOutput, images: Int
    let du: TransformedGradient<S>

    /// - Parameters:
    ///   - first: the index of the first image in v.
    ///   - firstOutput: the index of the first image in dm.
    package init(
        _ v: TransformedMaps<S>, first: Int = 0, _ dm: TransformedMaps<S>, firstOutput: Int = 0, images: Int,
        accumulatingInto du: TransformedGradient<S>
    ) {
        precondition(du.rows == v.channels && du.columns == dm.channels)
        precondition(first + images <= v.images && firstOutput + images <= dm.images)
        (self.v, self.first, self.dm, self.firstOutput, self.images, self.du) = (v, first, dm, firstOutput, images, du)
    }

    /// The most tiles whose panel of dM stays in the L1 cache, and leaves room there for the next one, while all rows of
    /// V' pass by. It is the same for every width of vectors, since it rules how dU is summed.
    private static var mostTilesAtOnce: Int { 96 }

    @inline(always)
    fileprivate func add(point: Int) {
        let tiles = v.geometry.tiles, depth = images * tiles, blocks = blocks(of: dm.channels)
        let tilesAtOnce = (0..<depth).evenChunkSize(atMost: Self.mostTilesAtOnce)
        let a = v.row(first * tiles) + point * v.pointStride, b = dm.row(firstOutput * tiles) + point * dm.pointStride
        for (block, count) in Panels(0..<blocks) {
            for tile in stride(from: 0, to: depth, by: tilesAtOnce) {
                let factor = b + tile * dm.rowStride + 16 * block, following = min(tilesAtOnce, depth - tile)
                // The next tiles, or the next panel, or the next point.
                let next =
                    tile + following < depth
                    ? factor + following * dm.rowStride
                    : block + count < blocks ? b + 16 * (block + count) : b + dm.pointStride
                let segment = Segment(
                    a: UnsafePointer(a + tile * v.rowStride), order: .columns(stride: v.rowStride),
                    b: UnsafePointer(factor), bStride: dm.rowStride, depth: following, next: .rows(next))
                multiplyColumns(
                    16 * count, segment, nil, rows: du.rows, du.point(point) + 16 * block,
                    cStride: du.rowStride, accumulating: tile > 0 || !du.isEmpty)
            }
        }
    }
}

/// Computes the products that share dM, point by point, so that dM is read from memory once.
package func multiplyBackward<S: Scalar>(
    _ geometry: WinogradGeometry, _ inputs: [InputProduct<S>], _ weights: [WeightProduct<S>]
) {
    forPrecision(
        of: S.self, float: { multiply(retyped(inputs) as [InputProduct<Float>], retyped(weights), geometry) },
        double: { multiply(retyped(inputs) as [InputProduct<Double>], retyped(weights), geometry) })
}

@inline(always)
private func multiply<S: Scalar>(
    _ inputs: [InputProduct<S>], _ weights: [WeightProduct<S>], _ geometry: WinogradGeometry
) {
    // The widest first: dM comes from memory for it.
    let inputs = inputs.sorted { $0.dv.channels > $1.dv.channels }
    for point in 0..<geometry.points {
        for product in inputs { product.multiply(point: point) }
        for product in weights { product.add(point: point) }
    }
    for product in weights { product.du.hasGrown() }
}
