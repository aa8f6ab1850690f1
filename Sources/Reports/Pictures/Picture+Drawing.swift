// Drawing into a picture. The choice: a filled square is the only primitive, for a magnified pixel and for a dot of a
// letter.

import Formats

/// A color of red, green and blue, 0 to 255 each.
struct Color: Equatable, Sendable {
    var red, green, blue: UInt8

    static let white = gray(255)
    /// The background of pictures: darker than white, so that the edges of a white frame are visible.
    static let paper = gray(228)
    static let ink = gray(70)

    static func gray(_ level: UInt8) -> Color { Color(red: level, green: level, blue: level) }

    /// The linear mixture of two colors: this one for weight 0, `other` for weight 1.
    func mixed(with other: Color, weight: Float) -> Color {
        func mix(_ from: UInt8, _ to: UInt8) -> UInt8 {
            let from = Float(from), to = Float(to)
            return UInt8((from + (to - from) * weight).rounded())
        }
        return Color(red: mix(red, other.red), green: mix(green, other.green), blue: mix(blue, other.blue))
    }
}

extension Picture {
    /// Makes a picture of one color.
    init(width: Int, height: Int, filledWith color: Color) {
        let pixel = [color.red, color.green, color.blue]
        let pixels = (0..<width * height).flatMap { _ in pixel }
        self.init(width: width, height: height, channels: 3, pixels: pixels)
    }

    /// Fills a square of `side` pixels whose upper left corner is (x, y), as far as it is in the picture.
    mutating func fill(x: Int, y: Int, side: Int, with color: Color) {
        precondition(channels == 3, "drawing is in color")
        for row in max(0, y)..<max(0, y, min(height, y + side)) {
            for column in max(0, x)..<max(0, x, min(width, x + side)) {
                let pixel = (row * width + column) * 3
                pixels[pixel] = color.red
                pixels[pixel + 1] = color.green
                pixels[pixel + 2] = color.blue
            }
        }
    }

    /// Draws some columns of another picture with their upper left corner at (x, y), each pixel a square of `scale` pixels.
    mutating func draw(_ other: Picture, columns: Range<Int>, x: Int, y: Int, scale: Int) {
        for row in 0..<other.height {
            for column in columns {
                let pixel = (row * other.width + column) * other.channels, last = other.channels - 1
                let color = Color(
                    red: other.pixels[pixel], green: other.pixels[pixel + min(1, last)],
                    blue: other.pixels[pixel + last])
                let left = x + (column - columns.lowerBound) * scale
                fill(x: left, y: y + row * scale, side: scale, with: color)
            }
        }
    }

    /// Draws a text in `BitmapFont` with its upper left corner at (x, y), each dot a square of `scale` pixels.
    mutating func write(_ text: String, x: Int, y: Int, scale: Int, color: Color = .ink) {
        for dot in BitmapFont.pixels(of: text) {
            fill(x: x + dot.column * scale, y: y + dot.row * scale, side: scale, with: color)
        }
    }
}
