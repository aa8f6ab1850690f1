// Feature maps in the Winograd domain: for each point of a tile a matrix of tiles by channels, so that a convolution
// is one product for each point. Points are an odd number of lanes apart, because strides that are powers of two would
// send a tile's points to the same few places of the caches.

/// Tiles of square outputs that cover feature maps of one size, with the filter that they are for.
package struct WinogradGeometry: Sendable, Equatable {
    package let height, width, kernel: Int

    /// nil for a kernel that is neither 3 nor 5.
    package init?(height: Int, width: Int, kernel: Int) {
        guard kernel == 3 || kernel == 5 else { return nil }
        (self.height, self.width, self.kernel) = (height, width, kernel)
    }

    /// Outputs of a tile in one dimension: 6 or 4.
    package var side: Int { 9 - kernel }

    var rows: Int { (height + side - 1) / side }
    var columns: Int { (width + side - 1) / side }

    /// Of one image.
    package var tiles: Int { rows * columns }

    /// Products of a tile and a pair of channels.
    package var points: Int { 64 }
}

/// Memory for images in the Winograd domain: (points, tiles, channels in whole lanes).
package struct TransformedMaps<S: Scalar>: Sendable {
    package let geometry: WinogradGeometry
    package let images, channels: Int

    /// From one row to the next, and from one point to the next, in numbers.
    let rowStride, pointStride: Int

    private let elements: Tensor<S>

    package init(_ geometry: WinogradGeometry, images: Int, channels: Int) {
        self.init(
            geometry, images: images, channels: channels,
            in: Tensor(Self.count(geometry, images: images, channels: channels)))
    }

    /// In memory that serves other maps too.
    fileprivate init(_ geometry: WinogradGeometry, images: Int, channels: Int, in elements: Tensor<S>) {
        (self.geometry, self.images, self.channels, self.elements) = (geometry, images, channels, elements)
        rowStride = 16 * lanes(of: channels)
        pointStride = Self.pointStride(geometry, images: images, channels: channels)
    }

    /// Numbers that the memory takes.
    package static func count(_ geometry: WinogradGeometry, images: Int, channels: Int) -> Int {
        geometry.points * pointStride(geometry, images: images, channels: channels)
    }

    private static func pointStride(_ geometry: WinogradGeometry, images: Int, channels: Int) -> Int {
        16 * (images * geometry.tiles * lanes(of: channels) | 1)
    }

    /// The row of a tile at the first point.
    func row(_ tile: Int) -> UnsafeMutablePointer<S> { elements.pointer + tile * rowStride }
}

/// What maps in the Winograd domain hold: V of x and of h, M or its gradient, and the gradient of V.
package enum MapContent: Sendable {
    case input, hidden, product, gradient
}

/// Memory for maps that live no longer than a step or a few, as large as its largest user asked for. One instance
/// serves one thread.
package final class WinogradWorkspace<S: Scalar> {
    private var elements: [MapContent: Tensor<S>] = [:]

    package init() {}

    /// Maps in the memory of a content. What they held stays until others are asked for.
    package func maps(
        _ content: MapContent, _ geometry: WinogradGeometry, images: Int, channels: Int
    ) -> TransformedMaps<S> {
        let count = TransformedMaps<S>.count(geometry, images: images, channels: channels)
        if elements[content]?.count ?? 0 < count { elements[content] = Tensor(count) }
        return TransformedMaps(geometry, images: images, channels: channels, in: elements[content]!)
    }
}
