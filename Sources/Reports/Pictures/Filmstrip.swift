// The frames of a sequence side by side, each pixel as it is. The choice: the colors of the strips of forecasts, so that data
// and forecasts are compared by eye.

import Formats

extension ColorScale {
    /// The frames of a sequence of shape (frames, height, width, channels), from left to right, separated by gray lines.
    ///
    /// Three channels are colors, of others the first is shown. A missing pixel, NaN, has the gray of missing ones.
    package func filmstrip(of values: [Float], frames: Int, height: Int, width: Int, channels: Int) -> Picture {
        precondition(values.count == frames * height * width * channels, "\(values.count) values")
        let isGray = isGray && channels != 3
        var strip = Picture(
            width: frames * (width + 1) - 1, height: height, channels: isGray ? 1 : 3,
            pixels: [UInt8](repeating: 128, count: (frames * (width + 1) - 1) * height * (isGray ? 1 : 3)))
        for frame in 0..<frames {
            for row in 0..<height {
                for column in 0..<width {
                    let pixel = ((frame * height + row) * width + column) * channels
                    let color = channels == 3 ? color(ofChannels: values[pixel..<pixel + 3]) : color(of: values[pixel])
                    let place = (row * strip.width + frame * (width + 1) + column) * strip.channels
                    strip.pixels[place] = color.red
                    if !isGray { (strip.pixels[place + 1], strip.pixels[place + 2]) = (color.green, color.blue) }
                }
            }
        }
        return strip
    }

    private var isGray: Bool { if case .gray = self { true } else { false } }

    private func color(ofChannels values: ArraySlice<Float>) -> Color {
        if values.contains(where: \.isNaN) { return Self.missing }
        let levels = values.map(level)
        return Color(red: levels[0], green: levels[1], blue: levels[2])
    }
}
