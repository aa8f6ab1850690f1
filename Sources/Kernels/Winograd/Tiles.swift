// The tiles of feature maps: where each lies in its image, and in the Winograd domain, whose many places a transform
// asks for a tile ahead.

import CProcessor

/// A tile of an image, with what its transforms need to know.
struct Tile<S: Scalar> {
    /// Its first place, of inputs or of outputs, which may lie outside.
    let y, x: Int

    let height, width: Int

    /// Pixels of all images before its own.
    let pixels: Int

    /// Its row at the first point.
    let row: UnsafeMutablePointer<S>

    /// From a point to the next and from a tile to the next, in lanes.
    let pointStride, rowStride: Int

    /// The number of a place's pixel; nil outside of the image.
    @inline(always)
    func pixel(_ dy: Int, _ dx: Int) -> Int? {
        guard let row = row(dy), let column = column(dx) else { return nil }
        return row &+ column
    }

    /// The number of the first pixel of a place's row; nil outside of the image.
    @inline(always)
    func row(_ dy: Int) -> Int? {
        let row = y &+ dy
        return row >= 0 && row < height ? pixels &+ row &* width : nil
    }

    /// The column of a place; nil outside of the image.
    @inline(always)
    func column(_ dx: Int) -> Int? {
        let column = x &+ dx
        return column >= 0 && column < width ? column : nil
    }

    /// The transform of a channel's lane: row i of the tile is points i n to i n + n - 1.
    @inline(always)
    func points(_ channel: Int, row i: Int, of n: Int) -> LaneRow<S> {
        LaneRow(lane(channel) + i &* n &* pointStride, stride: pointStride)
    }

    /// At the first point.
    @inline(always)
    private func lane(_ channel: Int) -> UnsafeMutablePointer<SIMD16<S>> {
        UnsafeMutableRawPointer(row + channel).assumingMemoryBound(to: SIMD16<S>.self)
    }

    /// Asks for the transform of a channel's lane in the tile after this one.
    @inline(always)
    func prefetchNext(_ channel: Int, points: Int) {
        var place = lane(channel) + rowStride
        for _ in 0..<points {
            ckernels_prefetch(place)
            place += pointStride
        }
    }
}

extension TransformedMaps {
    /// Calls the body for every tile of some images.
    ///
    /// - Parameters:
    ///   - first: the number here of the first of them.
    ///   - shift: from a tile's first output to its first place.
    @inline(always)
    func forEachTile(images: Int, at first: Int, shift: Int, _ body: (_ tile: Tile<S>) -> Void) {
        let g = geometry
        precondition(first + images <= self.images, "images \(first) to \(first + images) of \(self.images)")
        for number in 0..<images {
            for ty in 0..<g.rows {
                for tx in 0..<g.columns {
                    body(
                        Tile(
                            y: ty &* g.side &- shift, x: tx &* g.side &- shift, height: g.height, width: g.width,
                            pixels: number &* g.height &* g.width,
                            row: row((first &+ number) &* g.tiles &+ ty &* g.columns &+ tx),
                            pointStride: pointStride / 16, rowStride: rowStride / 16))
                }
            }
        }
    }
}
