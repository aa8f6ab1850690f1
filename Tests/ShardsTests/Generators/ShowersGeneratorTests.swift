import Shards
import Testing

@Suite struct ShowersGeneratorTests {
    /// It drizzles nearly everywhere and pours nowhere, and in each sequence a cell is seen; values begin at 0.
    @Test func hardlyAPixelIsDryAndNoneIsSaturated() throws {
        let showers = ShowersGenerator(count: 100, seed: 3)
        let all = try (0..<100).map { try showers.sequence($0) }
        #expect(all.allSatisfy { $0.max()! > 100 && $0.max()! < 255 })
        let gaps = all.filter { $0.min()! < 20 }
        #expect((5...25).contains(gaps.count), "\(gaps.count) of 100 sequences have a gap in the drizzle")
        #expect(all.map { $0.min()! }.min()! < 2)
        #expect(all.joined().count { $0 < 20 } < all.count * all[0].count / 50)
    }

    /// The wind is the forecast: the last frame is nearest to an earlier one that is shifted by it, and far from that where it was.
    @Test func oneWindCarriesTheCells() throws {
        let size = 64, frames = 5, showers = ShowersGenerator(frames: frames, count: 12, seed: 1)
        for sequence in 0..<12 {
            let values = try showers.sequence(sequence)
            func error(_ dx: Int, _ dy: Int) -> Float {
                (16..<48).flatMap { y in (16..<48).map { (y, $0) } }.reduce(0) { sum, place in
                    let (y, x) = place, before = values[(y - dy) * size + x - dx]
                    let change = values[((frames - 1) * size + y) * size + x] - before
                    return sum + change * change
                }
            }
            let shifts = (-12...12).flatMap { dx in (-12...12).map { (dx, $0) } }
            let wind = shifts.min { error($0.0, $0.1) < error($1.0, $1.1) }!
            let speed = Double(wind.0 * wind.0 + wind.1 * wind.1).squareRoot() / Double(frames - 1)
            #expect((1.4...2.7).contains(speed), "\(speed) pixels a frame")
            #expect(error(wind.0, wind.1) < 0.25 * error(0, 0), "sequence \(sequence)")
        }
    }

    /// What is twice as large is the same at twice the size, since lengths and speeds are those of the frame.
    @Test func aLargerFrameShowsTheSame() throws {
        let small = try ShowersGenerator(frames: 6, size: 32, count: 3, seed: 9).sequence(2)
        let large = try ShowersGenerator(frames: 6, size: 64, count: 3, seed: 9).sequence(2)
        for index in small.indices {
            let (frame, row, column) = (index / 1024, index % 1024 / 32, index % 32)
            #expect(abs(small[index] - large[(frame * 64 + 2 * row) * 64 + 2 * column]) <= 1)
        }
    }
}
