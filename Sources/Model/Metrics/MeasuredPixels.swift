// The pixels that a metric sees, given frames scaled to [0, 1]. The choice: bytes are stored as the floats of the same
// value, so that every metric has one implementation.

/// The conversion of frames before a metric compares them.
package struct MeasuredPixels: Equatable, Sendable {
    /// The element type of the frames that a metric receives.
    package enum NumberType: String, Encodable, Sendable {
        case float64

        /// SSIM rounds every intermediate result to this type.
        case float32

        /// 255 x, truncated.
        case uint8
    }

    /// Whether pixels are clipped to [0, 1].
    package var clipsPrediction = false, clipsTruth = false

    package var type = NumberType.float64

    /// The distance between the smallest and the largest possible pixel value, which PSNR and SSIM use.
    package var dataRange = 1.0

    func prediction(_ pixels: Span<Float>) -> [Float] { seen(pixels, clipped: clipsPrediction) }

    func truth(_ pixels: Span<Float>) -> [Float] { seen(pixels, clipped: clipsTruth) }

    private func seen(_ pixels: Span<Float>, clipped: Bool) -> [Float] {
        pixels.indices.map { index in
            let pixel = clipped ? min(max(pixels[index], 0), 1) : pixels[index]
            return type == .uint8 ? byte(pixel) : pixel
        }
    }
}

/// Returns numpy's `uint8(255 * pixel)` on aarch64: values below 0 and NaN become 0, those above 255 wrap modulo 256.
///
/// C leaves such casts undefined; on x86-64 values below 0 wrap as well.
private func byte(_ pixel: Float) -> Float {
    let scaled = 255 * pixel
    guard scaled > 0 else { return 0 }
    return Float(UInt8(truncatingIfNeeded: UInt32(min(scaled, Float(1 << 32).nextDown))))
}
