// The tiles of feature maps: their position in the image and in the Winograd domain. The choice: a transform prefetches
// the next tile, since the points of a tile are spread over many parts of memory.

import CProcessor

/// A tile of an image, with what its transforms need.
struct Tile<S: Scalar> {
    /// The first pixel of its inputs or outputs, which may lie outside the image.
    let y, x: Int

    /// The distance from one of its pixels to the next.
    let step: Int

    /// The size of the image.
    let height, width: Int

    /// The number of pixels of all preceding images.
    let pixels: Int

    /// Its row at the first point.
    let row: UnsafeMutablePointer<S>

    /// The distances from one point to the next and from one tile to the next, in elements.
    let pointStride, rowStride: Int

    /// Returns the index of a pixel of the tile; nil outside the image.
    @inline(always)
    func pixel(_ dy: Int, _ dx: Int) -> Int? {
        guard let row = row(dy), let column = column(dx) else { return nil }
        return row &+ column
    }

    /// Returns the index of the first pixel in a row of the tile; nil outside the image.
    @inline(always)
    func row(_ dy: Int) -> Int? {
        let row = y &+ dy &* step
        return row >= 0 && row < height ? pixels &+ row &* width : nil
    }

    /// Returns the column of a pixel of the tile; nil outside the image.
    @inline(always)
    func column(_ dx: Int) -> Int? {
        let column = x &+ dx &* step
        return column >= 0 && column < width ? column : nil
    }

    /// Returns the transform of a vector of channels: row i of the tile is points i n to i n + n - 1.
    @inline(always)
    func points(_ channel: Int, row i: Int, of n: Int) -> VectorRow<S> {
        VectorRow(row + (channel &+ i &* n &* pointStride), stride: pointStride)
    }

    /// Returns the tile of the same pixels of all blocks: it begins a few pixels below and to the right.
    @inline(always)
    func phase(_ dy: Int, _ dx: Int) -> Tile {
        Tile(
            y: y &+ dy, x: x &+ dx, step: step, height: height, width: width, pixels: pixels, row: row,
            pointStride: pointStride, rowStride: rowStride)
    }

    /// Prefetches the transform of a block of channels in row i of the next tile.
    @inline(always)
    func prefetchNext(_ channel: Int, row i: Int, of n: Int) {
        var place = row + (channel &+ rowStride &+ i &* n &* pointStride)
        for _ in 0..<n {
            ckernels_prefetch(place)
            place += pointStride
        }
    }
}

extension TransformedMaps {
    /// Calls the body for what every tile of some images reads, phase by phase.
    ///
    /// - Parameters:
    ///   - channels: the number of channels of the images.
    ///   - first: the index in these maps of the first image.
    ///   - body: gets the first channel of the phase too.
    @inline(always)
    func forEachInput<Filter: WinogradAlgorithm>(
        of _: Filter.Type, channels: Int, images: Int, at first: Int, _ body: (_ tile: Tile<S>, _ channel: Int) -> Void
    ) {
        // Only convolutions of two taps have a stride.
        let step = Filter.taps == 2 ? geometry.stride : 1
        forEachTile(
            images: images, at: first, height: geometry.height, width: geometry.width, step: step,
            shift: geometry.padding
        ) { tile in
            for phase in 0..<step &* step {
                body(tile.phase(phase / step, phase % step), phase &* channels)
            }
        }
    }

    /// Calls the body for the outputs of every tile of some images.
    @inline(always)
    func forEachOutput(images: Int, at first: Int, _ body: (_ tile: Tile<S>) -> Void) {
        forEachTile(
            images: images, at: first, height: geometry.outputHeight, width: geometry.outputWidth, step: 1, shift: 0,
            body)
    }

    @inline(always)
    private func forEachTile(
        images: Int, at first: Int, height: Int, width: Int, step: Int, shift: Int, _ body: (_ tile: Tile<S>) -> Void
    ) {
        let g = geometry, distance = g.side &* step
        precondition(first + images <= self.images, "images \(first) to \(first + images) of \(self.images)")
        for number in 0..<images {
            for ty in 0..<g.rows {
                for tx in 0..<g.columns {
                    body(
                        Tile(
                            y: ty &* distance &- shift, x: tx &* distance &- shift, step: step, height: height,
                            width: width, pixels: number &* height &* width,
                            row: row((first &+ number) &* g.tiles &+ ty &* g.columns &+ tx),
                            pointStride: pointStride, rowStride: rowStride))
                }
            }
        }
    }
}
