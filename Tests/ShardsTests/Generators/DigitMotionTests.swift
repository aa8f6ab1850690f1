import Foundation
import Randomness
import Shards
import TestSupport
import Testing

/// Clips and paths by the rules of the three generators, written by Fixtures/make-motions.py.
private struct MotionFixture: Decodable {
    struct Clip: Decodable {
        var motion: String
        var sequence, digits, size, frames: Int
        /// Pixels of type uint8 and shape (frames, size, size).
        var pixels: Data
    }

    var clips: [Clip]
    /// The paths of (top, left) for each motion, with a free space of 36 pixels.
    var paths: [String: [[[Int]]]]

    static func read() throws -> MotionFixture {
        let file = Repository.fixture("motions.json", of: "ShardsTests")
        return try JSONDecoder().decode(MotionFixture.self, from: Data(contentsOf: file))
    }
}

@Suite struct DigitMotionTests {
    /// The four digits of the fixture, of 12 x 12 pixels.
    private func digits() throws -> DigitBitmaps {
        let folder = try TemporaryFolder()
        let pixels = (0..<4 * 144).map { index in
            let digit = index / 144, row = index % 144 / 12, column = index % 12
            return UInt8((19 * row + 31 * column + 50 * digit) % 256)
        }
        let header: [UInt8] = [0, 0, 8, 3, 0, 0, 0, 4, 0, 0, 0, 12, 0, 0, 0, 12]
        return try DigitBitmaps(idx: folder.write(header + pixels, to: "digits"))
    }

    @Test(arguments: DigitMotion.allCases) func digitsGoWhereTheRulesSendThem(motion: DigitMotion) throws {
        let paths = try #require(try MotionFixture.read().paths[motion.rawValue])
        #expect(paths.count == 4)
        for (key, path) in paths.enumerated() {
            var random = RandomStream(9, UInt64(key))
            let found = motion.corners(frames: path.count, room: 36, &random)
            #expect(found.map { [$0.top, $0.left] } == path)
        }
    }

    /// Pillow rounds an enlarged digit twice, so each of three digits may be a gray level off.
    @Test(arguments: DigitMotion.allCases) func clipsAreThoseOfTheRules(motion: DigitMotion) throws {
        let clips = try MotionFixture.read().clips.filter { $0.motion == motion.rawValue }
        #expect(clips.count == 2)
        for clip in clips {
            let generator = try MovingMNISTGenerator(
                digits: digits(), digitsPerSequence: clip.digits, motion: motion, frames: clip.frames, size: clip.size,
                count: 9, seed: 5)
            let found = try generator.sequence(clip.sequence)
            let furthest = zip(found, clip.pixels).map { abs($0 - Float($1)) }.max()
            #expect(found.count == clip.pixels.count && furthest! <= (motion == .svg ? 3 : 0), "\(furthest!)")
            #expect(Set(found).count > 100)
        }
    }

    @Test func pathsStayWhereTheyBelongAndTurn() {
        let limits: [DigitMotion: ClosedRange<Int>] = [.canonical: 0...36, .tenciaLee: -2...38, .svg: -4...39]
        for (motion, limit) in limits {
            for key in 0..<50 {
                var random = RandomStream(3, UInt64(key))
                let path = motion.corners(frames: 100, room: 36, &random)
                #expect(path.allSatisfy { limit.contains($0.top) && limit.contains($0.left) }, "\(motion) \(key)")
                let steps = zip(path, path.dropFirst()).map { abs($1.top - $0.top) }
                #expect(steps.max()! <= 7)
            }
        }
    }

    /// The sum of the gray levels of three overlapping digits: the maximum, the sum modulo 256, the sum clipped to 255.
    @Test(arguments: [(DigitMotion.canonical, Float(200)), (.tenciaLee, 88), (.svg, 255)])
    func overlapsAreTheMotionsOwn(motion: DigitMotion, expected: Float) throws {
        let folder = try TemporaryFolder(), side: UInt8 = 8
        let header: [UInt8] = [0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, side, 0, 0, 0, side]
        let digits = try DigitBitmaps(idx: folder.write(header + [UInt8](repeating: 200, count: 64), to: "digits"))
        let size = motion == .svg ? 33 : 8
        let generator = try MovingMNISTGenerator(
            digits: digits, digitsPerSequence: 3, motion: motion, frames: 2, size: size, count: 1, seed: 1)
        #expect(try generator.sequence(0)[size / 2 * (size + 1)] == expected)
        #expect(throws: ShardError.self) {
            try MovingMNISTGenerator(digits: digits, motion: motion, size: size - 1, seed: 1)
        }
    }
}
