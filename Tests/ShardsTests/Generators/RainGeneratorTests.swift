import Foundation
import Shards
import TestSupport
import Testing

@Suite struct RainGeneratorTests {
    @Test func aSequenceDependsOnItsNumberAndTheSeedOnly() throws {
        let one = RainGenerator(frames: 4, size: 32, count: 9, seed: 1),
            again = RainGenerator(frames: 4, size: 32, count: 9, seed: 1)
        func bits(_ values: [Float]) -> [UInt32] { values.map(\.bitPattern) }
        let sequence = try one.sequence(3)
        _ = try again.sequence(8)
        #expect(try bits(again.sequence(3)) == bits(sequence))
        #expect(try bits(one.sequence(4)) != bits(sequence))
        #expect(try bits(RainGenerator(frames: 4, size: 32, count: 9, seed: 2).sequence(3)) != bits(sequence))
        #expect(sequence.allSatisfy { $0.isNaN || one.valueRange.contains($0) })
    }

    /// Radars stay where they are: the same pixels are missing in each frame of each sequence, and they are out of range.
    @Test func theMaskIsOfTheSeedAlone() throws {
        for seed in 1...4 as ClosedRange<UInt64> {
            let rain = RainGenerator(frames: 2, size: 48, count: 3, seed: seed)
            for sequence in 0..<3 {
                let seen = try rain.sequence(sequence).map { !$0.isNaN }
                #expect(Array(seen.prefix(48 * 48)) == rain.isSeen && Array(seen.suffix(48 * 48)) == rain.isSeen)
            }
            let share = Double(rain.isSeen.count { !$0 }) / Double(48 * 48)
            #expect((0.1...0.6).contains(share), "\(share) missing")
            #expect(!rain.isSeen[0] && rain.isSeen[24 * 48 + 24])
        }
    }

    /// Most pixels are dry, and few are strong, as in nature.
    @Test func ratesAreRareAndSkewed() throws {
        let rain = RainGenerator(frames: 6, size: 96, count: 12, seed: 7)
        let rates = try (0..<12).flatMap { try rain.sequence($0) }.filter { !$0.isNaN }, wet = rates.filter { $0 > 0 }
        let share = Double(wet.count) / Double(rates.count)
        #expect((0.05...0.5).contains(share), "\(share) wet")
        #expect(wet.allSatisfy { $0 >= RainGenerator.least })
        let sorted = wet.sorted(), median = sorted[sorted.count / 2], mean = wet.reduce(0, +) / Float(wet.count)
        #expect((0.3...3).contains(median) && mean > 1.3 * median, "median \(median), mean \(mean)")
        let strong = Double(wet.count { $0 >= 10 }) / Double(wet.count)
        #expect((0.001...0.1).contains(strong), "\(strong) strong")
    }

    /// The frames move: a frame is nearest to the last one when that is shifted by the wind, and not where it was.
    @Test func aWindCarriesTheCells() throws {
        let size = 64, rain = RainGenerator(frames: 3, size: size, count: 8, seed: 3)
        var moved = 0
        for sequence in 0..<8 {
            let values = try rain.sequence(sequence)
            func error(_ dx: Int, _ dy: Int) -> Float {
                var sum: Float = 0, count: Float = 0
                for y in 16..<48 {
                    for x in 16..<48 {
                        let before = values[(y - dy) * size + x - dx], after = values[2 * size * size + y * size + x]
                        if !before.isNaN && !after.isNaN { (sum, count) = (sum + abs(before - after), count + 1) }
                    }
                }
                return sum / max(1, count)
            }
            let shifts = (-9...9).flatMap { dx in (-9...9).map { (dx, $0) } }
            let best = shifts.min { error($0.0, $0.1) < error($1.0, $1.1) }!
            if best.0 * best.0 + best.1 * best.1 >= 3, error(best.0, best.1) < 0.7 * error(0, 0) { moved += 1 }
        }
        #expect(moved >= 5, "\(moved) of 8 sequences moved")
    }
}
