// An input frame with the mask of its pixels as one more channel.

/// The form of an input frame for networks that read which pixels are there.
package enum MaskedFrame {
    /// Writes a frame of shape (pixels, channels) as (pixels, channels + 1), whose last channel is 1 where every channel is
    /// there, and 0 elsewhere.
    package static func put(
        _ values: Span<Float>, channels: Int, _ scale: ValueScale, into masked: inout MutableSpan<Float>
    ) {
        precondition(masked.count * channels == values.count * (channels + 1))
        var scaled = [Float](repeating: 0, count: values.count), span = scaled.mutableSpan
        scale.scaleInput(values, into: &span)
        for pixel in 0..<values.count / channels {
            var isThere = true
            for channel in 0..<channels {
                masked[pixel * (channels + 1) + channel] = scaled[pixel * channels + channel]
                isThere = isThere && !values[pixel * channels + channel].isNaN
            }
            masked[pixel * (channels + 1) + channels] = isThere ? 1 : 0
        }
    }
}
