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

/// The product dV = dM U' of some images: some columns of it.
package struct InputProduct<S: Scalar> {
    let factor: PointFactor<S>
    let columns: Range<Int>
    let images: Int
    let dv: TransformedMaps<S>

    /// - Parameters:
    ///   - columns: a range of the columns of U' that begins with a block; nil for all of them.
    ///   - dv: receives these columns of the gradient in its first images.
    package init(_ dm: PointFactor<S>, columns: Range<Int>? = nil, images: Int, into dv: TransformedMaps<S>) {
        let columns = columns ?? 0..<dm.weights.columns
        precondition(columns.lowerBound % 16 == 0 && columns.upperBound <= dm.weights.columns)
        precondition(columns.count == dv.channels && images <= dv.images)
        (factor, self.columns, self.images, self.dv) = (dm, columns, images, dv)
    }

    @inline(always)
    fileprivate func multiply(point: Int) {
        let next = min(point + 1, dv.geometry.points - 1), width = S.Vector.width
        let vectors = columns.lowerBound..<(columns.upperBound + width - 1) / width * width
        for (block, count) in Panels(0..<factor.weights.blocks) {
            let panel = 16 * block..<16 * (block + count), columns = panel.clamped(to: vectors)
            guard !columns.isEmpty else { continue }
            let segment = factor.segment(point: point, block: block, count, next: next)
            multiplyColumns(
                columns.count, segment.columns(from: columns.lowerBound - panel.lowerBound), nil,
                rows: images * dv.geometry.tiles,
                dv.row(0) + point * dv.pointStride + (columns.lowerBound - vectors.lowerBound), cStride: dv.rowStride,
                accumulating: false)
        }
    }
}

/// The products dU += V' dM of several V with the same dM. Each part of dM is read from memory once, and stays in the L1
/// cache while the rows of all V' pass by.
package struct WeightProducts<S: Scalar> {
    let dm: TransformedMaps<S>
    let images: Int
    let factors: [Factor]

    /// V of some images, the last ones of dM, and the gradient of the weights that it is multiplied by.
    package struct Factor {
        let v: TransformedMaps<S>
        let du: TransformedGradient<S>

        package init(_ v: TransformedMaps<S>, accumulatingInto du: TransformedGradient<S>) {
            precondition(du.rows == v.channels)
            (self.v, self.du) = (v, du)
        }
    }

    /// - Parameter images: the number of images of dM that have a product with at least one V.
    package init(_ factors: [Factor], _ dm: TransformedMaps<S>, images: Int) {
        precondition(images <= dm.images)
        precondition(factors.allSatisfy { $0.v.images <= images && $0.du.columns == dm.channels })
        // What has the most rows comes last, and meanwhile asks for what is read next.
        (self.factors, self.dm, self.images) = (factors.sorted { $0.du.rows < $1.du.rows }, dm, images)
    }

    /// The most tiles whose panel of dM stays in the L1 cache, and leaves room there for the next one, while all rows of
    /// V' pass by. It is the same for every width of vectors, since it rules how dU is summed.
    private static var mostTilesAtOnce: Int { 96 }

    @inline(always)
    fileprivate func add(point: Int) {
        let depth = images * dm.geometry.tiles, blocks = blocks(of: dm.channels)
        let chunks = (0..<depth).chunks(of: (0..<depth).evenChunkSize(atMost: Self.mostTilesAtOnce))
        let b = dm.row(0) + point * dm.pointStride
        for (block, count) in Panels(0..<blocks) {
            for tiles in chunks {
                // The next tiles, or the next panel, or the next point.
                let next =
                    tiles.upperBound < depth
                    ? b + tiles.upperBound * dm.rowStride + 16 * block
                    : block + count < blocks ? b + 16 * (block + count) : b + dm.pointStride
                for (number, factor) in factors.enumerated() {
                    let missing = depth - factor.v.images * dm.geometry.tiles
                    let these = max(tiles.lowerBound, missing)..<max(tiles.upperBound, missing)
                    guard !these.isEmpty else { continue }
                    let a = factor.v.row(these.lowerBound - missing) + point * factor.v.pointStride
                    let segment = Segment(
                        a: UnsafePointer(a), order: .columns(stride: factor.v.rowStride),
                        b: UnsafePointer(b + these.lowerBound * dm.rowStride + 16 * block), bStride: dm.rowStride,
                        depth: these.count, next: number == factors.count - 1 ? .rows(next) : nil)
                    multiplyColumns(
                        16 * count, segment, nil, rows: factor.du.rows, factor.du.point(point) + 16 * block,
                        cStride: factor.du.rowStride,
                        accumulating: these.lowerBound > missing || !factor.du.isEmpty)
                }
            }
        }
    }
}

/// Computes the products that share dM, point by point, so that dM is read from memory once.
package func multiplyBackward<S: Scalar>(_ input: InputProduct<S>?, _ weights: WeightProducts<S>?) {
    forPrecision(
        of: S.self, float: { multiply(retyped(input) as InputProduct<Float>?, retyped(weights)) },
        double: { multiply(retyped(input) as InputProduct<Double>?, retyped(weights)) })
}

@inline(always)
private func multiply<S: Scalar>(_ input: InputProduct<S>?, _ weights: WeightProducts<S>?) {
    guard let dm = input?.factor.maps ?? weights?.dm else { return }
    for point in 0..<dm.geometry.points {
        input?.multiply(point: point)
        weights?.add(point: point)
    }
    for factor in weights?.factors ?? [] { factor.du.hasGrown() }
}
