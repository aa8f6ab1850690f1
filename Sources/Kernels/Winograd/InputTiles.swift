// The Winograd input transform, tile by tile and a block of channels at a time: first the columns of a tile, into a small
// square in the L1 cache, then the rows. Pixels outside the image are zero. Lanes beyond the last channel hold
// arbitrary values, which no product reads.

import CProcessor

extension TransformedMaps {
    /// Computes V = B' x B for each tile of the images.
    ///
    /// - Parameters:
    ///   - x: (images, height, width, channels).
    ///   - first: the index in these maps of the first image of `x`.
    package func transformInput(_ x: Tensor<S>, at first: Int = 0) {
        checkShape(x, of: channels)
        forPrecision(
            of: S.self, float: { inputTiles(retyped(x) as Tensor<Float>, retyped(self), first) },
            double: { inputTiles(retyped(x) as Tensor<Double>, retyped(self), first) })
    }

    /// Computes dx += B dV B', the adjoint of `transformInput`.
    ///
    /// - Parameter channel: the first of these maps' channels that belong to `dx`.
    package func transformInputBackward(accumulatingInto dx: Tensor<S>, from channel: Int = 0) {
        let some = geometry.phases * dx.shape[3]
        precondition(channel >= 0 && channel + some <= channels, "channels from \(channel) on of \(channels)")
        checkShape(dx, of: some)
        forPrecision(
            of: S.self, float: { inputTilesBackward(retyped(dx) as Tensor<Float>, retyped(self), channel) },
            double: { inputTilesBackward(retyped(dx) as Tensor<Double>, retyped(self), channel) })
    }

    private func checkShape(_ x: Tensor<S>, of channels: Int) {
        precondition(
            x.shape == [x.shape[0], geometry.height, geometry.width, channels / geometry.phases], "\(x.shape) in tiles")
    }
}

@inline(always)
private func inputTiles<S: Scalar>(_ x: Tensor<S>, _ maps: TransformedMaps<S>, _ first: Int) {
    switch maps.geometry.kernel {
    case 2: inputTiles(WinogradKernel2.self, x, maps, first)
    case 3: inputTiles(WinogradKernel3.self, x, maps, first)
    default: inputTiles(WinogradKernel5.self, x, maps, first)
    }
}

private func inputTiles<S: Scalar, Filter: WinogradAlgorithm>(
    _ filter: Filter.Type, _ x: Tensor<S>, _ maps: TransformedMaps<S>, _ first: Int
) {
    let n = Filter.points, channels = x.shape[3], elements = x.pointer
    withSquare(n) { (square: Square<S>) in
        maps.forEachInput(of: filter, channels: channels, images: x.shape[0], at: first) { tile, first in
            for block in stride(from: 0, to: channels, by: 16) {
                for part in BlockParts<S>() {
                    let pixels = elements + (block &+ part.channel)
                    for j in 0..<n {
                        let outputs = square.column(j, part)
                        if let column = tile.column(j) {
                            let inputs = TileColumn(
                                tile: tile, column: column, pixels: pixels, channels: channels,
                                asksAhead: channels > 64)
                            Filter.input(inputs, into: outputs)
                        } else {
                            for i in 0..<n { outputs[i] = .zero }
                        }
                    }
                }
                for i in 0..<n {
                    let points = square.streamed(row: i, to: tile.points(first &+ block, row: i, of: n))
                    for part in BlockParts<S>() { Filter.input(square.row(i, part), into: points[part]) }
                    points.finish(n)
                }
            }
        }
    }
}

/// A column of a tile in an image, for one vector of channels. Outside the image there are zeros.
private struct TileColumn<S: Scalar>: VectorSource {
    let tile: Tile<S>
    let column: Int

    /// The channels at the first pixel.
    let pixels: UnsafeMutablePointer<S>
    let channels: Int

    /// Whether the next block of channels is prefetched, as a processor does where rows are a few lines long.
    let asksAhead: Bool

    @inline(always)
    subscript(i: Int) -> S.Vector {
        guard let row = tile.row(i) else { return .zero }
        let place = pixels + (row &+ column) &* channels
        if asksAhead { ckernels_prefetch(place + 16) }
        return .load(place)
    }
}

@inline(always)
private func inputTilesBackward<S: Scalar>(_ dx: Tensor<S>, _ maps: TransformedMaps<S>, _ channel: Int) {
    switch maps.geometry.kernel {
    case 2: inputTilesBackward(WinogradKernel2.self, dx, maps, channel)
    case 3: inputTilesBackward(WinogradKernel3.self, dx, maps, channel)
    default: inputTilesBackward(WinogradKernel5.self, dx, maps, channel)
    }
}

private func inputTilesBackward<S: Scalar, Filter: WinogradAlgorithm>(
    _ filter: Filter.Type, _ dx: Tensor<S>, _ maps: TransformedMaps<S>, _ channel: Int
) {
    let n = Filter.points, channels = dx.shape[3], elements = dx.pointer
    withSquare(n) { (square: Square<S>) in
        maps.forEachInput(of: filter, channels: channels, images: dx.shape[0], at: 0) { tile, phase in
            let first = channel &+ phase
            S.Vector.forEach(of: channels) { channel, lanes in
                for i in 0..<n {
                    if channel % 16 == 0 { tile.prefetchNext(first &+ channel, row: i, of: n) }
                    Filter.inputBackward(tile.points(first &+ channel, row: i, of: n), into: square.row(i))
                }
                for j in 0..<n {
                    let inputs = square.column(j)
                    Filter.inputBackward(inputs, into: inputs)
                    for i in 0..<n {
                        guard let pixel = tile.pixel(i, j) else { continue }
                        let place = elements + (pixel &* channels &+ channel)
                        (S.Vector.load(place) + inputs[i]).store(place, over: lanes)
                    }
                }
            }
        }
    }
}
