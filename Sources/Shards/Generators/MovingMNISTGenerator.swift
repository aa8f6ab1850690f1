// Moving MNIST: digits that drift over a black canvas and bounce off its walls. The choice: a sequence is a pure
// function of the seed and its index, so that none is stored and their number is unlimited.

import Randomness

/// Moving MNIST, generated on demand.
package struct MovingMNISTGenerator: SequenceSource {
    package let geometry: SequenceGeometry
    package let count: Int
    package let valueRange: ClosedRange<Float> = 0...255
    private let digits: DigitBitmaps
    private let digitsPerSequence: Int
    private let motion: DigitMotion
    private let seed: UInt64

    /// `size` is the height and width of a frame.
    ///
    /// Throws `ShardError` if a frame is smaller than a digit.
    package init(
        digits: DigitBitmaps, digitsPerSequence: Int = 2, motion: DigitMotion = .canonical, frames: Int = 20,
        size: Int = 64, count: Int = 10_000, seed: UInt64
    ) throws {
        let least = motion.leastCanvas(side: motion.side(of: digits.side))
        guard size >= least else {
            throw ShardError(
                "a canvas of \(size) pixels does not hold digits of \(motion.side(of: digits.side)); give a size of at "
                    + "least \(least)")
        }
        geometry = SequenceGeometry(frames: frames, height: size, width: size, channels: 1)
        (self.digits, self.digitsPerSequence, self.motion) = (digits, digitsPerSequence, motion)
        (self.count, self.seed) = (count, seed)
    }

    package func read(sequence: Int, into values: inout MutableSpan<Float>) throws {
        check(values)
        for index in values.indices { values[index] = 0 }
        let side = motion.side(of: digits.side), room = geometry.width - side
        var random = RandomStream(seed, UInt64(sequence))
        for _ in 0..<digitsPerSequence {
            let corners = motion.corners(frames: geometry.frames, room: room, &random)
            let image = digits.image(random.integer(in: 0...digits.count - 1), side: side)
            for (frame, corner) in corners.enumerated() {
                paste(image, side, at: corner, frame: frame, into: &values)
            }
        }
    }

    /// Draws the part of a digit that lies on the canvas.
    private func paste(
        _ image: [UInt8], _ side: Int, at corner: (top: Int, left: Int), frame: Int,
        into values: inout MutableSpan<Float>
    ) {
        let size = geometry.width
        for row in max(0, -corner.top)..<min(side, size - corner.top) {
            let target = (frame * size + corner.top + row) * size + corner.left
            for column in max(0, -corner.left)..<min(side, size - corner.left) {
                values[target + column] = motion.overlap(values[target + column], Float(image[row * side + column]))
            }
        }
    }
}
