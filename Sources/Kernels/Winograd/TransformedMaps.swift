// Feature maps in the Winograd domain: a matrix of tiles by channels for each point of a tile, so that a convolution is
// one product per point. The choice: the points are an odd number of cache lines apart, since strides that are powers of
// two would map the points of a tile to the same few cache sets.

/// The square tiles that cover the outputs of a convolution.
///
/// A convolution of stride s whose kernel has more than s and at most 2 s pixels is one of 2 x 2 taps over blocks of s x s
/// pixels: the pixels of a block, its phases, stand side by side as channels.
package struct WinogradGeometry: Sendable, Equatable {
    /// The size of the maps that the convolution reads.
    package let height, width: Int

    /// The size of the maps that it makes.
    package let outputHeight, outputWidth: Int

    /// The number of taps in one dimension, 2, 3 or 5.
    package let kernel: Int

    /// The distance between the pixels that neighboring outputs read, and how far the first of them lies outside.
    package let stride, padding: Int

    /// Returns nil for a kernel that is neither 3 nor 5.
    package init?(height: Int, width: Int, kernel: Int) {
        self.init(
            ConvolutionGeometry(height: height, width: width, channels: 1, kernel: kernel, padding: kernel / 2))
    }

    /// Returns nil for a convolution without transforms. One with a stride needs whole blocks of sixteen channels.
    package init?(_ g: ConvolutionGeometry) {
        switch (g.stride, g.kernel) {
        case (1, 3), (1, 5): kernel = g.kernel
        case (2..., (g.stride + 1)...(2 * g.stride)) where g.channels % 16 == 0: kernel = 2
        default: return nil
        }
        (height, width, outputHeight, outputWidth) = (g.height, g.width, g.outputHeight, g.outputWidth)
        (stride, padding) = (g.stride, g.padding)
    }

    /// The number of pixels in a block.
    package var phases: Int { stride * stride }

    /// The number of outputs of a tile in one dimension: 7 for 2 taps, 6 for 3, 4 for 5.
    package var side: Int { 9 - kernel }

    var rows: Int { (outputHeight + side - 1) / side }
    var columns: Int { (outputWidth + side - 1) / side }

    /// The number of tiles of one image.
    package var tiles: Int { rows * columns }

    /// The number of multiplications per tile and pair of channels.
    package var points: Int { 64 }
}

/// Returns the distance in elements from one row of so many channels to the next. Where a row has more than four blocks
/// it is an odd number of cache lines: products pass down the rows.
func rowStride(channels: Int) -> Int {
    let blocks = blocks(of: channels)
    return 16 * (blocks > 4 ? blocks | 1 : blocks)
}

/// Returns the distance in elements from one point to the next, for so many rows: an odd number of cache lines.
func pointStride(rows: Int, rowStride: Int) -> Int { 16 * (rows * rowStride / 16 | 1) }

/// Images in the Winograd domain: (points, tiles, channels padded to whole blocks of sixteen).
package struct TransformedMaps<S: Scalar>: Sendable {
    package let geometry: WinogradGeometry
    package let images, channels: Int

    /// The distances from one row to the next and from one point to the next, in elements.
    let rowStride, pointStride: Int

    private let elements: Tensor<S>

    package init(_ geometry: WinogradGeometry, images: Int, channels: Int) {
        self.init(
            geometry, images: images, channels: channels,
            in: Tensor(Self.count(geometry, images: images, channels: channels)))
    }

    /// Creates maps in memory that other maps use too.
    fileprivate init(_ geometry: WinogradGeometry, images: Int, channels: Int, in elements: Tensor<S>) {
        (self.geometry, self.images, self.channels, self.elements) = (geometry, images, channels, elements)
        rowStride = Kernels.rowStride(channels: channels)
        pointStride = Self.pointStride(geometry, images: images, channels: channels)
    }

    /// Returns the number of elements that the maps occupy. A block that is read from within another, as that of the
    /// first channels of x behind those of h may be, ends behind the last row.
    package static func count(_ geometry: WinogradGeometry, images: Int, channels: Int) -> Int {
        geometry.points * pointStride(geometry, images: images, channels: channels) + 16
    }

    private static func pointStride(_ geometry: WinogradGeometry, images: Int, channels: Int) -> Int {
        Kernels.pointStride(rows: images * geometry.tiles, rowStride: Kernels.rowStride(channels: channels))
    }

    /// Sets all elements to zero.
    package func clear() { elements[flat: 0..<Self.count(geometry, images: images, channels: channels)].fill(0) }

    /// Returns the row of a tile at the first point.
    func row(_ tile: Int) -> UnsafeMutablePointer<S> { elements.pointer + tile * rowStride }
}

/// The contents of maps in the Winograd domain: V of x and of h, M or its gradient, and the gradient of V.
package enum MapContent: Sendable {
    case input, hidden, product, inputGradient
}

/// Memory for maps that live for a few steps at most, as large as its largest user requested. Each thread needs an
/// instance of its own.
package final class WinogradWorkspace<S: Scalar> {
    private var elements: [MapContent: Tensor<S>] = [:]

    package init() {}

    /// Returns maps in the memory reserved for a content. They stay valid until maps of the same content are requested.
    package func maps(
        _ content: MapContent, _ geometry: WinogradGeometry, images: Int, channels: Int
    ) -> TransformedMaps<S> {
        let count = TransformedMaps<S>.count(geometry, images: images, channels: channels)
        if elements[content]?.count ?? 0 < count { elements[content] = Tensor(count) }
        return TransformedMaps(geometry, images: images, channels: channels, in: elements[content]!)
    }
}
