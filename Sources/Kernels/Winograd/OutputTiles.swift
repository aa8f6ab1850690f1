// The Winograd output transform, for up to four blocks (64 channels) of a tile at a time. The choice: a tile's pixels
// stay in the L1 cache, where a sink consumes them one by one before anything is written to memory. Backward mirrors
// this: a source provides the pixels one by one, then they are transformed.
//
//     z = A' M A        dM = A dz A'

import Platform

/// A consumer of a tile's pixels, one at a time.
protocol PlaceSink<S> {
    associatedtype S: Scalar

    /// - Parameter z: the channels of a block at the pixel.
    func take(_ z: UnsafeMutablePointer<S>, pixel: Int)
}

/// A producer of a tile's pixels, one at a time.
protocol PlaceSource<S> {
    associatedtype S: Scalar

    /// - Parameter dz: receives the channels of a block at the pixel.
    func give(_ dz: UnsafeMutablePointer<S>, pixel: Int)
}

/// The most blocks of channels that a tile's pixels have at a time.
let mostBlocks = 4

/// Transforms the tiles of some images and passes their pixels to the sink.
///
/// - Parameter blocks: at most `mostBlocks` of the maps' blocks of channels.
@inline(always)
func outputTiles<Sink: PlaceSink>(
    _ maps: TransformedMaps<Sink.S>, images: Int, at first: Int, blocks: Range<Int>, _ sink: Sink
) {
    maps.geometry.kernel == 3
        ? outputTiles(WinogradKernel3.self, maps, images: images, at: first, blocks: blocks, sink)
        : outputTiles(WinogradKernel5.self, maps, images: images, at: first, blocks: blocks, sink)
}

private func outputTiles<Filter: WinogradAlgorithm, Sink: PlaceSink>(
    _: Filter.Type, _ maps: TransformedMaps<Sink.S>, images: Int, at first: Int, blocks: Range<Int>, _ sink: Sink
) {
    let n = Filter.points, m = Filter.outputs
    withPlaces(m) { (places: UnsafeMutablePointer<Sink.S>) in
        withSquare(n) { square in
            maps.forEachOutput(images: images, at: first) { tile in
                for block in blocks {
                    for part in BlockParts<Sink.S>() {
                        for i in 0..<n {
                            if part.channel == 0 { tile.prefetchNext(16 &* block, row: i, of: n) }
                            Filter.output(tile.points(16 &* block &+ part.channel, row: i, of: n), into: square.row(i))
                        }
                        let column = places + (16 &* (block &- blocks.lowerBound) &+ part.channel)
                        for j in 0..<m {
                            let outputs = VectorRow(column + j &* placeStride, stride: m &* placeStride)
                            Filter.output(square.column(j), into: outputs)
                        }
                    }
                }
                forEachPlace(of: tile, places, m) { place, pixel in if let pixel { sink.take(place, pixel: pixel) } }
            }
        }
    }
}

/// Fills the tiles of some images from the source and transforms them.
@inline(always)
func outputTilesBackward<Source: PlaceSource>(
    _ maps: TransformedMaps<Source.S>, images: Int, at first: Int, blocks: Range<Int>, _ source: Source
) {
    maps.geometry.kernel == 3
        ? outputTilesBackward(WinogradKernel3.self, maps, images: images, at: first, blocks: blocks, source)
        : outputTilesBackward(WinogradKernel5.self, maps, images: images, at: first, blocks: blocks, source)
}

private func outputTilesBackward<Filter: WinogradAlgorithm, Source: PlaceSource>(
    _: Filter.Type, _ maps: TransformedMaps<Source.S>, images: Int, at first: Int, blocks: Range<Int>, _ source: Source
) {
    let n = Filter.points, m = Filter.outputs
    withPlaces(m) { (places: UnsafeMutablePointer<Source.S>) in
        withSquare(n) { square in
            maps.forEachOutput(images: images, at: first) { tile in
                forEachPlace(of: tile, places, m) { place, pixel in
                    if let pixel {
                        source.give(place, pixel: pixel)
                    } else {
                        place.update(repeating: 0, count: placeStride)
                    }
                }
                for block in blocks {
                    for part in BlockParts<Source.S>() {
                        let column = places + (16 &* (block &- blocks.lowerBound) &+ part.channel)
                        for j in 0..<m {
                            let outputs = VectorRow(column + j &* placeStride, stride: m &* placeStride)
                            Filter.outputBackward(outputs, into: square.column(j, part))
                        }
                    }
                    for i in 0..<n {
                        let points = square.streamed(row: i, to: tile.points(16 &* block, row: i, of: n))
                        for part in BlockParts<Source.S>() {
                            Filter.outputBackward(square.row(i, part), into: points[part])
                        }
                        points.finish(n)
                    }
                }
            }
        }
    }
}

/// The distance from one pixel of a tile to the next, in elements.
@inline(always)
private var placeStride: Int { 16 &* mostBlocks }

/// Calls the body with a temporary, zeroed array for the pixels of a tile.
@inline(always)
private func withPlaces<S: Scalar>(_ side: Int, _ body: (UnsafeMutablePointer<S>) -> Void) {
    withBlocks(side &* side &* mostBlocks) { (places: UnsafeMutablePointer<S>) in
        places.update(repeating: 0, count: side &* side &* placeStride)
        body(places)
    }
}

@inline(always)
private func forEachPlace<S: Scalar>(
    of tile: Tile<S>, _ places: UnsafeMutablePointer<S>, _ side: Int,
    _ body: (_ place: UnsafeMutablePointer<S>, _ pixel: Int?) -> Void
) {
    for i in 0..<side {
        for j in 0..<side { body(places + (side &* i &+ j) &* placeStride, tile.pixel(i, j)) }
    }
}

// Plain feature maps as sink and source.

extension TransformedMaps {
    /// Computes z += A' M A for each tile of the images.
    ///
    /// - Parameters:
    ///   - z: (images, output height, output width, channels).
    ///   - first: the index in these maps of the first image of `z`.
    package func transformOutput(accumulatingInto z: Tensor<S>, from first: Int = 0) {
        checkShape(z)
        forPrecision(
            of: S.self, float: { addRows(retyped(self) as TransformedMaps<Float>, retyped(z), first) },
            double: { addRows(retyped(self) as TransformedMaps<Double>, retyped(z), first) })
    }

    /// Computes dM = A dz A', the adjoint of `transformOutput`.
    package func transformOutputBackward(_ dz: Tensor<S>, at first: Int = 0) {
        checkShape(dz)
        forPrecision(
            of: S.self, float: { readRows(retyped(self) as TransformedMaps<Float>, retyped(dz), first) },
            double: { readRows(retyped(self) as TransformedMaps<Double>, retyped(dz), first) })
    }

    private func checkShape(_ z: Tensor<S>) {
        precondition(
            z.shape == [z.shape[0], geometry.outputHeight, geometry.outputWidth, channels], "\(z.shape) in tiles")
    }
}

/// A range of channels over all pixels of feature maps.
struct MapRows<S: Scalar>: PlaceSink, PlaceSource {
    /// The first channel of the range at the first pixel.
    let start: UnsafeMutablePointer<S>

    /// The number of channels of the maps; `count` is that of the range.
    let channels, count: Int

    init(_ z: Tensor<S>, blocks: Range<Int>) {
        channels = z.shape[3]
        start = z.pointer + 16 * blocks.lowerBound
        count = min(16 * blocks.count, channels - 16 * blocks.lowerBound)
    }

    @inline(always)
    func take(_ z: UnsafeMutablePointer<S>, pixel: Int) {
        let row = start + pixel &* channels
        S.Vector.forEach(of: count) { k, m in
            (S.Vector.load(row + k, m) + .load(z + k)).store(row + k, m)
        }
    }

    @inline(always)
    func give(_ dz: UnsafeMutablePointer<S>, pixel: Int) {
        let row = start + pixel &* channels
        S.Vector.forEach(of: count) { k, _ in S.Vector.load(row + k).store(dz + k) }
    }
}

@inline(always)
private func addRows<S: Scalar>(_ maps: TransformedMaps<S>, _ z: Tensor<S>, _ first: Int) {
    for blocks in (0..<blocks(of: maps.channels)).chunks(of: mostBlocks) {
        let rows = MapRows(z, blocks: blocks)
        if maps.geometry.kernel == 2 {
            outputTiles(WinogradKernel2.self, maps, images: z.shape[0], at: first, blocks: blocks, rows)
        } else {
            outputTiles(maps, images: z.shape[0], at: first, blocks: blocks, rows)
        }
    }
}

@inline(always)
private func readRows<S: Scalar>(_ maps: TransformedMaps<S>, _ dz: Tensor<S>, _ first: Int) {
    for blocks in (0..<blocks(of: maps.channels)).chunks(of: mostBlocks) {
        let rows = MapRows(dz, blocks: blocks)
        if maps.geometry.kernel == 2 {
            outputTilesBackward(WinogradKernel2.self, maps, images: dz.shape[0], at: first, blocks: blocks, rows)
        } else {
            outputTilesBackward(maps, images: dz.shape[0], at: first, blocks: blocks, rows)
        }
    }
}
