// Moving MNIST: digits that drift over a black canvas and bounce off its walls. The choice: the process of the
// generator most papers used (steps of a tenth of the range, stop at the wall, brightest digit wins), not the one whose
// overlaps wrap.

import Foundation
import Randomness

/// Moving MNIST, made as it is asked for.
///
/// Source: Srivastava, Mansimov and Salakhutdinov, "Unsupervised Learning of Video Representations using LSTMs", 2015,
/// in the form of data/mm.py of ConvLSTM-PyTorch.
package struct MovingMNISTGenerator: SequenceSource {
    package let geometry: SequenceGeometry
    package let count: Int
    package let valueRange: ClosedRange<Float> = 0...255
    private let digits: DigitBitmaps
    private let digitsPerSequence: Int
    private let seed: UInt64

    /// `size` is the height and width of a frame.
    ///
    /// Throws `ShardError` when a frame is smaller than a digit.
    package init(
        digits: DigitBitmaps, digitsPerSequence: Int = 2, frames: Int = 20, size: Int = 64, count: Int = 10_000,
        seed: UInt64
    ) throws {
        guard size >= digits.side else {
            throw ShardError("a canvas of \(size) pixels does not hold digits of \(digits.side); give a larger --size")
        }
        geometry = SequenceGeometry(frames: frames, height: size, width: size, channels: 1)
        (self.digits, self.digitsPerSequence, self.count, self.seed) = (digits, digitsPerSequence, count, seed)
    }

    package func read(sequence: Int, into values: inout MutableSpan<Float>) throws {
        check(sequence: sequence, values)
        for index in values.indices { values[index] = 0 }
        var random = RandomStream(seed, UInt64(sequence))
        for _ in 0..<digitsPerSequence {
            var flight = Flight(&random)
            let digit = random.integer(in: 0...digits.count - 1)
            for frame in 0..<geometry.frames {
                flight.step()
                paste(digit, at: flight, frame: frame, into: &values)
            }
        }
    }

    /// Keeps the brighter of the digit and what is there.
    private func paste(_ digit: Int, at flight: Flight, frame: Int, into values: inout MutableSpan<Float>) {
        let side = digits.side, width = geometry.width, range = Double(width - side)
        let top = Int(range * flight.y), left = Int(range * flight.x)
        for row in 0..<side {
            let target = (frame * width + top + row) * width + left, source = (digit * side + row) * side
            for column in 0..<side {
                values[target + column] = max(values[target + column], Float(digits.pixels[source + column]))
            }
        }
    }
}

/// A digit's way: positions are fractions of the range it can move in.
private struct Flight {
    private(set) var x: Double, y: Double
    private var velocityX: Double, velocityY: Double
    private static let stepLength = 0.1

    init(_ random: inout RandomStream) {
        (x, y) = (random.uniform(), random.uniform())
        let angle = 2 * .pi * random.uniform()
        (velocityX, velocityY) = (cos(angle), sin(angle))
    }

    mutating func step() {
        Self.advance(&y, &velocityY)
        Self.advance(&x, &velocityX)
    }

    /// Stops at a wall and turns round.
    private static func advance(_ position: inout Double, _ velocity: inout Double) {
        position += stepLength * velocity
        if position <= 0 || position >= 1 {
            position = position <= 0 ? 0 : 1
            velocity = -velocity
        }
    }
}
