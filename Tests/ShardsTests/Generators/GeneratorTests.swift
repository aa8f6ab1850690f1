import Foundation
import Randomness
import Shards
import TestSupport
import Testing

@Suite struct GeneratorTests {
    /// Reads an idx file with one image of side x side pixels, all of one brightness.
    private func digit(side: UInt8, brightness: UInt8) throws -> DigitBitmaps {
        let folder = try TemporaryFolder()
        let header: [UInt8] = [0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, side, 0, 0, 0, side]
        let pixels = [UInt8](repeating: brightness, count: Int(side) * Int(side))
        return try DigitBitmaps(idx: folder.write(header + pixels, to: "digits"))
    }

    @Test func aSequenceDependsOnItsNumberAndTheSeedOnly() throws {
        let sources: [(UInt64) throws -> any SequenceSource] = [
            { try MovingMNISTGenerator(digits: .drawn(count: 20, seed: 1), count: 9, seed: $0) },
            { try MovingMNISTGenerator(digits: .drawn(count: 20, seed: 1), motion: .tenciaLee, count: 9, seed: $0) },
            { try MovingMNISTGenerator(digits: .drawn(count: 20, seed: 1), motion: .svg, count: 9, seed: $0) },
            { MovingSquaresGenerator(view: .noisy, count: 9, seed: $0) },
            { ShowersGenerator(count: 9, seed: $0) },
        ]
        for source in sources {
            let one = try source(1), again = try source(1), other = try source(2)
            let sequence = try one.sequence(3)
            _ = try again.sequence(8)
            #expect(try again.sequence(3) == sequence)
            #expect(try one.sequence(4) != sequence)
            #expect(try other.sequence(3) != sequence)
            #expect(sequence.allSatisfy(one.valueRange.contains))
        }
    }

    /// The trajectory of the published generator, restated: x, y, angle; move, then stop at walls and turn.
    @Test(arguments: 0..<20) func digitsFlyAsInTheCanonicalGenerator(sequence: Int) throws {
        let size = 64, frames = 20
        let generator = try MovingMNISTGenerator(
            digits: digit(side: 1, brightness: 255), digitsPerSequence: 1, frames: frames, size: size, seed: 5)
        let values = try generator.sequence(sequence)
        var random = RandomStream(5, UInt64(sequence))
        var x = random.uniform(), y = random.uniform()
        let angle = random.uniform() * 2 * Double.pi
        var vx = cos(angle), vy = sin(angle)
        for frame in 0..<frames {
            y += vy * 0.1
            x += vx * 0.1
            if x <= 0 { x = 0; vx = -vx }
            if x >= 1 { x = 1; vx = -vx }
            if y <= 0 { y = 0; vy = -vy }
            if y >= 1 { y = 1; vy = -vy }
            let lit = values[frame * size * size..<(frame + 1) * size * size].enumerated().filter { $0.element > 0 }
            #expect(lit.map(\.offset) == [Int(63 * y) * size + Int(63 * x)])
        }
    }

    @Test func theSquaresAreViewsOfOneClip() throws {
        let noisy = MovingSquaresGenerator(view: .noisy, count: 40, seed: 3)
        let clean = MovingSquaresGenerator(view: .clean, count: 40, seed: 3)
        let shifted = MovingSquaresGenerator(view: .shifted, count: 40, seed: 3), frame = 40 * 40
        for sequence in 0..<40 {
            let seen = try noisy.sequence(sequence), truth = try clean.sequence(sequence)
            #expect(seen.map { $0 > 0.5 ? 1 : 0 } == truth)
            #expect(try shifted.sequence(sequence).dropLast(frame) == truth.dropFirst(frame))
            #expect(Set(truth).isSubset(of: [0, 1]))
            #expect(seen.contains { $0 < 0 } && seen.contains { (0.05...0.95).contains($0) })
            #expect((1...7 * 36).contains(truth[..<frame].count { $0 == 1 }))
        }
    }

    @Test func aPairHasInputsOfItsOwn() throws {
        let noisy = MovingSquaresGenerator(view: .noisy, count: 4, seed: 3)
        let clean = MovingSquaresGenerator(view: .clean, count: 4, seed: 3)
        let pair = PairedSource(truth: clean, inputs: noisy)
        #expect(try pair.sequence(2) == clean.sequence(2))
        #expect(try pair.inputs?.sequence(2) == noisy.sequence(2))
        #expect(pair.valueRange == 0...1 && clean.inputs == nil)
    }

    /// Equal digits look alike and different ones do not: the nearest mean image identifies the digit.
    @Test func drawnDigitsCanBeRead() throws {
        let known = DigitBitmaps.drawn(count: 1000, seed: 1), new = DigitBitmaps.drawn(count: 500, seed: 2)
        let pixels = 28 * 28
        var means = [[Float]](repeating: [Float](repeating: 0, count: pixels), count: 10)
        for index in 0..<known.count {
            for pixel in 0..<pixels { means[index % 10][pixel] += Float(known.pixels[index * pixels + pixel]) / 100 }
        }
        let right = (0..<new.count).count { index in
            let distances = means.map { mean in
                (0..<pixels).reduce(Float(0)) { sum, pixel in
                    let apart = mean[pixel] - Float(new.pixels[index * pixels + pixel])
                    return sum + apart * apart
                }
            }
            return distances.firstIndex(of: distances.min()!) == index % 10
        }
        #expect(right > 375, "\(right) of 500 digits are nearest to their own kind")
        let images = Set((0..<known.count).map { Array(known.pixels[$0 * pixels..<($0 + 1) * pixels]) })
        #expect(images.count == known.count)
    }
}
