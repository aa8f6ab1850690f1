// The three motions of digits in published generators. The choice: a motion is the corners of a digit in every frame,
// computed before anything is drawn, and a rule for pixels where digits overlap.

import Foundation
import Randomness

/// How digits move over a canvas, and how overlapping digits combine.
package enum DigitMotion: String, Codable, CaseIterable, Sendable {
    /// Steps of a tenth of the free space that stop at the wall and turn; the brighter digit wins.
    ///
    /// Source: Srivastava, Mansimov and Salakhutdinov, "Unsupervised Learning of Video Representations using LSTMs",
    /// 2015, in the form of data/mm.py of ConvLSTM-PyTorch.
    case canonical

    /// 2 to 6 pixels per frame, up to two pixels over the edge; sums wrap at 256.
    ///
    /// Source: Tencia Lee, moving_mnist.py, as bei2020/Video_ConvLSTM uses it.
    case tenciaLee = "tencia-lee"

    /// Digits enlarged to 32 pixels, moving by whole pixels per frame; sums saturate at 255.
    ///
    /// Source: Denton and Fergus, "Stochastic Video Generation with a Learned Prior", 2018, data/moving_mnist.py with
    /// deterministic bounces.
    case svg

    /// The side of digits on the canvas, given the side of their images.
    func side(of images: Int) -> Int { self == .svg ? 32 : images }

    /// The smallest canvas side for digits of a side.
    func leastCanvas(side: Int) -> Int { self == .svg ? side + 1 : side }

    /// The value of a pixel, 0 to 255, after another digit is drawn over it.
    func overlap(_ there: Float, _ digit: Float) -> Float {
        let sum = there + digit
        return switch self {
        case .canonical: max(there, digit)
        case .tenciaLee: sum < 256 ? sum : sum - 256
        case .svg: min(sum, 255)
        }
    }

    /// The upper left corner of a digit in each frame; `room` is the canvas side less the digit's.
    package func corners(frames: Int, room: Int, _ random: inout RandomStream) -> [(top: Int, left: Int)] {
        switch self {
        case .canonical: canonicalCorners(frames: frames, room: Double(room), &random)
        case .tenciaLee: tenciaLeeCorners(frames: frames, room: Double(room), &random)
        case .svg: svgCorners(frames: frames, room: room, &random)
        }
    }

    /// Moves before the first frame; positions are fractions of the room.
    private func canonicalCorners(
        frames: Int, room: Double, _ random: inout RandomStream
    ) -> [(top: Int, left: Int)] {
        var x = random.uniform(), y = random.uniform()
        let angle = 2 * .pi * random.uniform()
        var (velocityX, velocityY) = (0.1 * cos(angle), 0.1 * sin(angle))
        func move(_ position: inout Double, _ velocity: inout Double) {
            position += velocity
            if position <= 0 || position >= 1 {
                position = position <= 0 ? 0 : 1
                velocity = -velocity
            }
        }
        return (0..<frames).map { _ in
            move(&y, &velocityY)
            move(&x, &velocityX)
            return (Int(room * y), Int(room * x))
        }
    }

    /// Turns before a step that would lead more than two pixels over the edge.
    private func tenciaLeeCorners(
        frames: Int, room: Double, _ random: inout RandomStream
    ) -> [(top: Int, left: Int)] {
        let angle = random.uniform(-.pi, .pi), speed = Double(random.integer(in: 2...6))
        var (velocityX, velocityY) = (speed * cos(angle), speed * sin(angle))
        var x = room * random.uniform(), y = room * random.uniform()
        func move(_ position: inout Double, _ velocity: inout Double) {
            if !(-2...room + 2).contains(position + velocity) { velocity = -velocity }
            position += velocity
        }
        return (0..<frames).map { _ in
            defer {
                move(&x, &velocityX)
                move(&y, &velocityY)
            }
            return (Int(y.rounded()), Int(x.rounded()))
        }
    }

    /// Moves back to the last whole pixel within the walls before drawing.
    private func svgCorners(frames: Int, room: Int, _ random: inout RandomStream) -> [(top: Int, left: Int)] {
        var x = random.integer(in: 0...room - 1), y = random.integer(in: 0...room - 1)
        var velocityX = random.integer(in: -4...4), velocityY = random.integer(in: -4...4)
        func turn(_ position: inout Int, _ velocity: inout Int) {
            guard position < 0 || position >= room else { return }
            position = position < 0 ? 0 : room - 1
            velocity = -velocity
        }
        return (0..<frames).map { _ in
            turn(&y, &velocityY)
            turn(&x, &velocityX)
            defer { (x, y) = (x + velocityX, y + velocityY) }
            return (y, x)
        }
    }
}
