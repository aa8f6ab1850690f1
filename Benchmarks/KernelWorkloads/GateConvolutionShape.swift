import Kernels

/// The gate convolutions of a preset, over the images that pass through a time step together.
struct GateConvolutionShape: Sendable {
    let name: String
    let geometry: WinogradGeometry
    let input, hidden, images: Int

    init(_ preset: String, side: Int, kernel: Int, input: Int, hidden: Int, images: Int) {
        name = "\(preset) \(input)+\(hidden)->\(4 * hidden)"
        geometry = WinogradGeometry(height: side, width: side, kernel: kernel)!
        (self.input, self.hidden, self.images) = (input, hidden, images)
    }

    var gates: Int { 4 * hidden }

    static let all = [
        GateConvolutionShape("neural-scene", side: 16, kernel: 5, input: 16, hidden: 128, images: 8),
        GateConvolutionShape("keras-stack", side: 40, kernel: 3, input: 40, hidden: 40, images: 2),
        normalized,
    ]

    /// That of a preset that normalizes its preactivations.
    static let normalized = GateConvolutionShape(
        "mindspore-ed", side: 64, kernel: 5, input: 96, hidden: 64, images: 1)

    /// The floating-point operations of a product over both inputs: one multiplication and one addition per point, tile
    /// and pair of channels.
    var operations: Int { 2 * geometry.points * images * geometry.tiles * (input + hidden) * gates }

    func image(_ channels: Int) -> Tensor<Float> { noise(images, geometry.height, geometry.width, channels) }

    func kernel(_ rows: Int, _ columns: Int) -> Tensor<Float> {
        noise(geometry.kernel * geometry.kernel * rows, columns)
    }

    func maps(_ channels: Int) -> TransformedMaps<Float> {
        TransformedMaps(geometry, images: images, channels: channels)
    }

    /// Returns V of a noise image.
    func transformed(_ channels: Int) -> TransformedMaps<Float> {
        let v = maps(channels)
        v.transformInput(image(channels))
        return v
    }

    /// Returns U of a noise kernel.
    func weights(_ rows: Int, _ columns: Int) -> TransformedWeights<Float> {
        let u = TransformedWeights<Float>(geometry, rows: rows, columns: columns)
        u.transform(kernel(rows, columns))
        return u
    }

    /// Returns dU, initially zero.
    func gradient(_ rows: Int) -> TransformedGradient<Float> {
        TransformedGradient(geometry, rows: rows, columns: gates)
    }
}
