// The moving squares of Keras' ConvLSTM example: noisy clips as inputs, and the same clips without noise as targets.
// The choice: all are views of one clip, so that sequence k of one view corresponds to sequence k of the others.

import Randomness

/// Moving squares, generated on demand.
///
/// Source: Keras 2.1.0, examples/conv_lstm.py, `generate_movies`. Squares are drawn on a canvas of twice the size, of
/// which the middle is visible.
package struct MovingSquaresGenerator: SequenceSource {
    /// The views of a clip.
    package enum View: String, Codable, CaseIterable, Sendable {
        /// The frames with noise around the squares.
        case noisy
        /// The same frames without noise.
        case clean
        /// The frames without noise, one step ahead of the other views.
        case shifted
    }

    package let geometry: SequenceGeometry
    package let count: Int
    package let valueRange: ClosedRange<Float>
    private let view: View
    private let seed: UInt64

    /// `size` is the height and width of a frame.
    package init(view: View, frames: Int = 15, size: Int = 40, count: Int = 1200, seed: UInt64) {
        geometry = SequenceGeometry(frames: frames, height: size, width: size, channels: 1)
        (self.view, self.count, self.seed) = (view, count, seed)
        // There are at most seven squares, and each darkens by a tenth.
        valueRange = view == .noisy ? -0.7...1 : 0...1
    }

    package func read(sequence: Int, into values: inout MutableSpan<Float>) throws {
        check(values)
        for index in values.indices { values[index] = 0 }
        var random = RandomStream(seed, UInt64(sequence))
        for _ in 0..<random.integer(in: 3...7) {
            draw(Square(&random, size: geometry.width), &random, into: &values)
        }
        for index in values.indices where values[index] >= 1 { values[index] = 1 }
    }

    /// Draws one square into every frame; all views draw the same random numbers.
    private func draw(_ square: Square, _ random: inout RandomStream, into values: inout MutableSpan<Float>) {
        for frame in 0..<geometry.frames {
            let noise = random.integer(in: 0...1) == 1 ? Float(1 - 2 * random.integer(in: 0...1)) * 0.1 : 0
            let step = view == .shifted ? frame + 1 : frame
            add(1, in: square, halfSide: square.halfSide, frame: frame, step: step, to: &values)
            if view == .noisy && noise != 0 {
                add(noise, in: square, halfSide: square.halfSide + 1, frame: frame, step: step, to: &values)
            }
        }
    }

    private func add(
        _ value: Float, in square: Square, halfSide: Int, frame: Int, step: Int, to values: inout MutableSpan<Float>
    ) {
        let size = geometry.width
        let rows = Square.extent(around: square.x + step * square.directionX, halfSide: halfSide, size: size)
        let columns = Square.extent(around: square.y + step * square.directionY, halfSide: halfSide, size: size)
        for row in rows {
            for column in columns { values[(frame * size + row) * size + column] += value }
        }
    }
}

/// A square's start, direction and size, in pixels of the visible part.
private struct Square {
    let x: Int, y: Int
    let directionX: Int, directionY: Int
    let halfSide: Int

    init(_ random: inout RandomStream, size: Int) {
        x = random.integer(in: 0...size - 1)
        y = random.integer(in: 0...size - 1)
        directionX = random.integer(in: -1...1)
        directionY = random.integer(in: -1...1)
        halfSide = random.integer(in: 2...3)
    }

    /// The visible part of the square along one axis.
    static func extent(around center: Int, halfSide: Int, size: Int) -> Range<Int> {
        min(size, max(0, center - halfSide))..<max(0, min(size, center + halfSide))
    }
}
