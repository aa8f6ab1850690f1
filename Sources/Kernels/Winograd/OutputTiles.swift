// The Winograd output transform, for up to four vectors (64 channels) of a tile at a time. The choice: a tile's pixels
// stay in the L1 cache, where a sink consumes them one by one before anything is written to memory. Backward mirrors
// this: a source provides the pixels one by one, then they are transformed.
//
//     z = A' M A        dM = A dz A'

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

/// The number of vectors that a tile's pixels have at a time.
let blockLanes = 4

/// Transforms the tiles of some images and passes their pixels to the sink.
///
/// - Parameter lanes: at most `blockLanes` of the maps' vectors.
@inline(always)
func outputTiles<Sink: PlaceSink>(
    _ maps: TransformedMaps<Sink.S>, images: Int, at first: Int, lanes: Range<Int>, _ sink: Sink
) {
    maps.geometry.kernel == 3
        ? outputTiles(WinogradKernel3.self, maps, images: images, at: first, lanes: lanes, sink)
        : outputTiles(WinogradKernel5.self, maps, images: images, at: first, lanes: lanes, sink)
}

private func outputTiles<Filter: WinogradAlgorithm, Sink: PlaceSink>(
    _: Filter.Type, _ maps: TransformedMaps<Sink.S>, images: Int, at first: Int, lanes: Range<Int>, _ sink: Sink
) {
    let n = Filter.points, m = Filter.outputs
    withPlaces(m) { (places: UnsafeMutablePointer<SIMD16<Sink.S>>) in
        withSquare(n) { square in
            maps.forEachTile(images: images, at: first, shift: 0) { tile in
                for lane in lanes {
                    tile.prefetchNext(16 &* lane, points: n &* n)
                    for i in 0..<n {
                        Filter.output(
                            tile.points(16 &* lane, row: i, of: n), into: LaneRow(square + i &* n, stride: 1))
                    }
                    let column = places + (lane &- lanes.lowerBound)
                    for j in 0..<m {
                        Filter.output(
                            LaneRow(square + j, stride: n),
                            into: LaneRow(column + j &* blockLanes, stride: m &* blockLanes))
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
    _ maps: TransformedMaps<Source.S>, images: Int, at first: Int, lanes: Range<Int>, _ source: Source
) {
    maps.geometry.kernel == 3
        ? outputTilesBackward(WinogradKernel3.self, maps, images: images, at: first, lanes: lanes, source)
        : outputTilesBackward(WinogradKernel5.self, maps, images: images, at: first, lanes: lanes, source)
}

private func outputTilesBackward<Filter: WinogradAlgorithm, Source: PlaceSource>(
    _: Filter.Type, _ maps: TransformedMaps<Source.S>, images: Int, at first: Int, lanes: Range<Int>, _ source: Source
) {
    let n = Filter.points, m = Filter.outputs
    withPlaces(m) { (places: UnsafeMutablePointer<SIMD16<Source.S>>) in
        withSquare(n) { square in
            maps.forEachTile(images: images, at: first, shift: 0) { tile in
                forEachPlace(of: tile, places, m) { place, pixel in
                    if let pixel {
                        source.give(place, pixel: pixel)
                    } else {
                        place.update(repeating: 0, count: 16 &* blockLanes)
                    }
                }
                for lane in lanes {
                    let column = places + (lane &- lanes.lowerBound)
                    for j in 0..<m {
                        Filter.outputBackward(
                            LaneRow(column + j &* blockLanes, stride: m &* blockLanes),
                            into: LaneRow(square + j, stride: n))
                    }
                    for i in 0..<n {
                        Filter.outputBackward(
                            LaneRow(square + i &* n, stride: 1),
                            into: StreamedRow(tile.points(16 &* lane, row: i, of: n)))
                    }
                }
            }
        }
    }
}

/// Calls the body with a temporary array for the pixels of a tile, `blockLanes` vectors each.
@inline(always)
private func withPlaces<S: Scalar>(_ side: Int, _ body: (UnsafeMutablePointer<SIMD16<S>>) -> Void) {
    withUnsafeTemporaryAllocation(of: SIMD16<S>.self, capacity: side * side * blockLanes) {
        $0.initialize(repeating: .zero)
        body($0.baseAddress!)
    }
}

@inline(always)
private func forEachPlace<S: Scalar>(
    of tile: Tile<S>, _ places: UnsafeMutablePointer<SIMD16<S>>, _ side: Int,
    _ body: (_ place: UnsafeMutablePointer<S>, _ pixel: Int?) -> Void
) {
    let elements = UnsafeMutableRawPointer(places).assumingMemoryBound(to: S.self)
    for i in 0..<side {
        for j in 0..<side { body(elements + (side &* i &+ j) &* (16 &* blockLanes), tile.pixel(i, j)) }
    }
}

// Plain feature maps as sink and source.

extension TransformedMaps {
    /// Computes z = A' M A for each tile of the images.
    ///
    /// - Parameters:
    ///   - z: (images, height, width, channels).
    ///   - first: the index in these maps of the first image of `z`.
    package func transformOutput(into z: Tensor<S>, from first: Int = 0) {
        precondition(z.shape == [z.shape[0], geometry.height, geometry.width, channels], "\(z.shape) in tiles")
        forPrecision(
            of: S.self, float: { writeRows(retyped(self) as TransformedMaps<Float>, retyped(z), first) },
            double: { writeRows(retyped(self) as TransformedMaps<Double>, retyped(z), first) })
    }

    /// Computes dM = A dz A', the adjoint of `transformOutput`.
    package func transformOutputBackward(_ dz: Tensor<S>, at first: Int = 0) {
        precondition(dz.shape == [dz.shape[0], geometry.height, geometry.width, channels], "\(dz.shape) in tiles")
        forPrecision(
            of: S.self, float: { readRows(retyped(self) as TransformedMaps<Float>, retyped(dz), first) },
            double: { readRows(retyped(self) as TransformedMaps<Double>, retyped(dz), first) })
    }
}

/// A range of channels over all pixels of feature maps.
struct MapRows<S: Scalar>: PlaceSink, PlaceSource {
    /// The first channel of the range at the first pixel.
    let start: UnsafeMutablePointer<S>

    /// The number of channels of the maps; `count` is that of the range.
    let channels, count: Int

    init(_ z: Tensor<S>, lanes: Range<Int>) {
        channels = z.shape[3]
        start = z.pointer + 16 * lanes.lowerBound
        count = min(16 * lanes.count, channels - 16 * lanes.lowerBound)
    }

    @inline(always)
    func take(_ z: UnsafeMutablePointer<S>, pixel: Int) {
        let row = start + pixel &* channels
        forEachLanes(of: count) { k, m in SIMD16.load(z + k, 16).store(row + k, over: m) }
    }

    @inline(always)
    func give(_ dz: UnsafeMutablePointer<S>, pixel: Int) {
        let row = start + pixel &* channels
        forEachLanes(of: count) { k, _ in SIMD16.load(row + k, 16).store(dz + k, 16) }
    }
}

@inline(always)
private func writeRows<S: Scalar>(_ maps: TransformedMaps<S>, _ z: Tensor<S>, _ first: Int) {
    for (lane, count) in Panels(lanes: lanes(of: maps.channels)) {
        let lanes = lane..<lane + count, rows = MapRows(z, lanes: lanes)
        outputTiles(maps, images: z.shape[0], at: first, lanes: lanes, rows)
    }
}

@inline(always)
private func readRows<S: Scalar>(_ maps: TransformedMaps<S>, _ dz: Tensor<S>, _ first: Int) {
    for (lane, count) in Panels(lanes: lanes(of: maps.channels)) {
        let lanes = lane..<lane + count, rows = MapRows(dz, lanes: lanes)
        outputTilesBackward(maps, images: dz.shape[0], at: first, lanes: lanes, rows)
    }
}
