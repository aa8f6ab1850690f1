// An input frame as a network reads it. The choice: training and forecasting write it by the same code, with the mask of its
// pixels as one more channel where the network wants that.

import Kernels

/// The form of input frames.
package struct InputFrame: Sendable {
    package let scale: ValueScale
    package let channels: Int

    /// Whether the last channel of the input says which pixels are there.
    package let readsMask: Bool

    package init(_ scale: ValueScale, channels: Int, readsMask: Bool) {
        (self.scale, self.channels, self.readsMask) = (scale, channels, readsMask)
    }

    /// Writes values of the data, (height, width, channels), to a frame of the input, behind whose channels may come the
    /// mask: 1 where all of them are there, 0 elsewhere.
    package func put(_ values: Span<Float>, into place: Tensor<Float>) {
        var input = place.mutableSpan
        guard readsMask else { return scale.scaleInput(values, into: &input) }
        precondition(input.count * channels == values.count * (channels + 1))
        var scaled = [Float](repeating: 0, count: values.count), span = scaled.mutableSpan
        scale.scaleInput(values, into: &span)
        for pixel in 0..<values.count / channels {
            var isThere = true
            for channel in 0..<channels {
                input[pixel * (channels + 1) + channel] = scaled[pixel * channels + channel]
                isThere = isThere && !values[pixel * channels + channel].isNaN
            }
            input[pixel * (channels + 1) + channels] = isThere ? 1 : 0
        }
    }
}
