// The pixels of a frame that no metric may see. The choice: a frame without any has no such value, so that whole frames
// take the same way, and give the same bits, as if nothing could be missing.

/// The pixels that are NaN in a prediction or in its truth.
struct MissingPixels {
    private let flags: [Bool]

    /// The number of them.
    let count: Int

    /// Nil if there are none.
    init?(_ prediction: Span<Float>, _ truth: Span<Float>) {
        let flags = prediction.indices.map { prediction[$0].isNaN || truth[$0].isNaN }
        count = flags.count { $0 }
        guard count > 0 else { return nil }
        self.flags = flags
    }

    subscript(pixel: Int) -> Bool { flags[pixel] }

    /// The values of the pixels that are not missing.
    func others(of values: [Float]) -> [Float] { values.indices.lazy.filter { !flags[$0] }.map { values[$0] } }
}
