// Digits drawn with a simulated pen, so that a data set can be made without a download. The choice: a few strokes per
// digit, bent by a smooth random warp (which keeps joints joined), slanted, scaled and inked with a random pen.

import Foundation
import Randomness

extension DigitBitmaps {
    /// `count` digits of 28 x 28 pixels in the style of MNIST: image i shows digit i modulo 10, at most 20 pixels high.
    package static func drawn(count: Int = 2000, seed: UInt64) -> DigitBitmaps {
        let side = 28
        let pixels = (0..<count).flatMap { index -> [UInt8] in
            var random = RandomStream(seed, 0xD161, UInt64(index))
            let alternatives = Glyph.digits[index % 10]
            let glyph = alternatives[random.integer(in: 0...alternatives.count - 1)]
            let hand = Hand(&random)
            return Pen(radius: hand.penRadius).ink(glyph.strokes.map { hand.placed($0.path, side: side) }, side: side)
        }
        return DigitBitmaps(count: count, side: side, pixels: pixels)
    }
}

/// The random handwriting of one digit: everything that varies between two writings of it.
private struct Hand {
    let penRadius: Double
    private let slant: Double, turn: Double, height: Double, width: Double
    private let warp: [(amplitude: Double, phase: Double, frequency: Double)]
    private let offset: SIMD2<Double>

    init(_ random: inout RandomStream) {
        penRadius = random.uniform(0.8, 1.6)
        slant = random.uniform(-0.12, 0.35)
        turn = random.uniform(-0.12, 0.12)
        height = random.uniform(16.5, 20)
        width = height * random.uniform(0.7, 1)
        warp = (0..<2).map { _ in
            (random.uniform(-0.06, 0.06), random.uniform(0, 2 * .pi), random.uniform(2, 6))
        }
        offset = [random.uniform(-1, 1), random.uniform(-1, 1)]
    }

    /// Maps a path in the unit square to pixels of the image.
    func placed(_ path: [SIMD2<Double>], side: Int) -> [SIMD2<Double>] {
        path.map { point in
            let bent = SIMD2(point.x + bend(0, point.y), point.y + bend(1, point.x)) - 0.5
            let upright = SIMD2((bent.x - slant * bent.y) * width, bent.y * height)
            let turned = SIMD2(
                cos(turn) * upright.x - sin(turn) * upright.y, sin(turn) * upright.x + cos(turn) * upright.y)
            return turned + offset + Double(side) / 2
        }
    }

    private func bend(_ axis: Int, _ along: Double) -> Double {
        warp[axis].amplitude * sin(warp[axis].frequency * along + warp[axis].phase)
    }
}

/// A round nib with soft edges.
private struct Pen {
    let radius: Double

    /// How far from its path the nib leaves ink, which fades over the last pixel.
    private var reach: Double { radius + 0.5 }

    /// An image of shape (side, side) with ink around the paths.
    func ink(_ paths: [[SIMD2<Double>]], side: Int) -> [UInt8] {
        var nearest = [Double](repeating: .infinity, count: side * side)
        for (start, end) in paths.lazy.flatMap({ zip($0, $0.dropFirst()) }) {
            // Most pixels are out of reach of a segment, and there are thousands of digits to draw.
            let low = pointwiseMin(start, end) - reach, high = pointwiseMax(start, end) + reach
            for y in Self.pixels(from: low.y, to: high.y, side: side) {
                for x in Self.pixels(from: low.x, to: high.x, side: side) {
                    let center = SIMD2(Double(x) + 0.5, Double(y) + 0.5)
                    nearest[y * side + x] = min(
                        nearest[y * side + x], Self.squaredDistance(of: center, toLineFrom: start, to: end))
                }
            }
        }
        return nearest.map { UInt8(255 * min(1, max(0, reach - $0.squareRoot()))) }
    }

    /// The pixels of a row or column that have some part between two places.
    private static func pixels(from low: Double, to high: Double, side: Int) -> Range<Int> {
        let first = Int(min(max(low, 0), Double(side))), end = Int(min(max(high + 1, 0), Double(side)))
        return first..<max(first, end)
    }

    private static func squaredDistance(
        of point: SIMD2<Double>, toLineFrom start: SIMD2<Double>, to end: SIMD2<Double>
    ) -> Double {
        let along = end - start, length = (along * along).sum()
        let position = length > 0 ? min(1, max(0, ((point - start) * along).sum() / length)) : 0
        let apart = start + along * position - point
        return (apart * apart).sum()
    }
}
