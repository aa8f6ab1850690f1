import Foundation
import Shards
import Testing

/// Films cut into sequences: windows, gaps, filled frames, times.
@Suite struct FilmSequencesTests {
    private func cut(_ films: [NumberedFilm], _ cutting: FilmCutting) throws -> FilmSequences {
        try FilmSequences(films, name: "films", cutting: cutting)
    }

    /// The numbers of the frames of each sequence.
    private func frames(_ sequences: any RawSequences) throws -> [[Int]] {
        try sequences.blocks.flatMap { block in
            let bytes = try sequences.bytes(of: block), length = sequences.geometry.frames
            return (0..<block.count).map { sequence in
                (0..<length).map { Int(bytes[2 * (sequence * length + $0)]) }
            }
        }
    }

    private func minutes(_ sequences: FilmSequences) -> [Int] {
        (sequences.facts.times ?? []).map { Int($0.date.timeIntervalSince(NumberedFilm.midnight)) / 60 }
    }

    @Test func noSequenceCrossesAGap() throws {
        let film = NumberedFilm(minutes: [0, 5, 10, 20, 25, 30, 35])
        let sequences = try cut([film], FilmCutting(frames: 2))
        #expect(try frames(sequences) == [[0, 1], [3, 4], [5, 6]])
        #expect(minutes(sequences) == [0, 20, 30] && sequences.facts.timeStep == 300 && sequences.leftOver == 1)
        let words = try #require(sequences.timesInWords)
        #expect(words.contains("300 s apart, 1 gap of up to 600 s"), "\(words)")
    }

    @Test(arguments: [
        (0, [[0, 1], [2, 3]]), (1, [[0, 1], [255, 2], [3, 255], [4, 5]]),
        (2, [[0, 1], [255, 2], [3, 255], [4, 5]]),
        (3, [[0, 1], [255, 2], [3, 255], [4, 5], [255, 255], [255, 6]]),
    ])
    func missingFramesAreFilledInUpToSoMany(most: Int, expected: [[Int]]) throws {
        let film = NumberedFilm(minutes: [0, 5, 15, 20, 30, 35, 55, 60].dropLast(most == 3 ? 1 : 2), missing: 255)
        let sequences = try cut([film], FilmCutting(frames: 2, mostFilled: most))
        #expect(try frames(sequences) == (most == 0 ? expected + [[4, 5]] : expected))
        if most > 0 { #expect(minutes(sequences).prefix(2) == [0, 10]) }
    }

    @Test func fillingNeedsTimesAndANumberThatIsMissing() throws {
        let plain = #expect(throws: ShardError.self) {
            try cut([NumberedFilm(minutes: [0, 5, 15, 20])], FilmCutting(frames: 2, mostFilled: 1))
        }
        #expect(plain?.description.contains("no number stands for these; give --missing") == true)
        let timeless = #expect(throws: ShardError.self) {
            try cut([NumberedFilm(count: 9)], FilmCutting(frames: 2, mostFilled: 1))
        }
        #expect(timeless?.description.contains("give --times or --time-format") == true)
    }

    @Test(
        arguments: [
            (3, nil, 2, [[0, 2, 4], [6, 8, 10]]), (3, 1, 4, [[0, 4, 8], [1, 5, 9], [2, 6, 10], [3, 7, 11]]),
            (2, 3, 1, [[0, 1], [3, 4], [6, 7], [9, 10]]), (1, nil, 5, [[0], [5], [10]]),
        ] as [(Int, Int?, Int, [[Int]])])
    func everySoManiethFrameIsTaken(length: Int, stride: Int?, every: Int, expected: [[Int]]) throws {
        let film = NumberedFilm(minutes: Array(Swift.stride(from: 0, to: 60, by: 5)))
        let sequences = try cut([film], FilmCutting(frames: length, stride: stride, every: every))
        #expect(try frames(sequences) == expected && sequences.facts.timeStep == Double(300 * every))
        #expect(sequences.leftOver == 12 - Set(expected.joined()).count)
    }

    @Test func timesNearTheBeatAreOnItAndOthersAreGaps() throws {
        var film = NumberedFilm(minutes: [0, 5, 10, 15, 20])
        film.times![2] += 20
        #expect(try frames(cut([film], FilmCutting(frames: 5))) == [[0, 1, 2, 3, 4]])
        film.times![2] += 100
        #expect(try frames(cut([film], FilmCutting(frames: 2))) == [[0, 1], [3, 4]])
        film.times![2] = film.times![3]
        let twice = #expect(throws: ShardError.self) { try cut([film], FilmCutting(frames: 2)) }
        #expect(twice?.description.contains("must ascend, each once") == true)
    }

    @Test func filmsFollowEachOtherByTheirTimes() throws {
        let films = [
            NumberedFilm(minutes: [60, 65, 70, 75], number: 1), NumberedFilm(minutes: [0, 5, 10], number: 2),
        ]
        let sequences = try cut(films, FilmCutting(frames: 2))
        #expect(minutes(sequences) == [0, 60, 70])
        #expect(try sequences.bytes(of: 0..<2) == [0, 2, 1, 2, 0, 1, 1, 1])
        let timeless = try cut([NumberedFilm(count: 2, number: 1), films[1]], FilmCutting(frames: 2))
        #expect(timeless.facts.times == nil && timeless.count == 2)
    }

    @Test func filmsOfDifferentKindsAreRefused() throws {
        var wide = NumberedFilm(count: 4, number: 1), other = wide
        (wide.width, other.elementType) = (3, .int16)
        for film in [wide, other] {
            let error = #expect(throws: ShardError.self) {
                try cut([NumberedFilm(count: 4), film], FilmCutting(frames: 2))
            }
            #expect(error?.description.contains("bring all frames to one size and type") == true)
        }
        let short = #expect(throws: ShardError.self) {
            try cut([NumberedFilm(count: 5)], FilmCutting(frames: 3, every: 3))
        }
        #expect(short?.description.contains("has 5 frames; give --frames of at most 2, or a lower --every") == true)
    }
}

/// Sequences of films held back for validation and testing.
@Suite struct FilmDivisionTests {
    private func time(_ text: String) -> UTCTime { UTCTime("2010-08-26T\(text)")! }

    /// A film of a frame each 5 minutes from midnight on.
    private func sequences(
        _ count: Int, frames: Int, stride: Int, every: Int = 1, timed: Bool = true
    ) throws -> FilmSequences {
        let film = timed ? NumberedFilm(minutes: (0..<count).map { 5 * $0 }) : NumberedFilm(count: count)
        return try FilmSequences(
            [film], name: "film", cutting: FilmCutting(frames: frames, stride: stride, every: every))
    }

    /// The numbers of the frames in each part of a division.
    private func parts(_ sequences: FilmSequences, _ division: Division) throws -> [[Int]] {
        let (divided, splits) = try sequences.divided(by: division), length = divided.geometry.frames
        let bytes = try divided.bytes(of: 0..<divided.count)
        let parts = splits.map { split in
            split.range.flatMap { sequence in (0..<length).map { Int(bytes[2 * (sequence * length + $0)]) } }
        }
        let times = divided.facts.times.map { $0.map { ($0.seconds - time("00:00").seconds) / 300 } }
        #expect(times == nil || times! == (0..<divided.count).map { Int(bytes[2 * $0 * length]) })
        return parts
    }

    /// Over lengths, strides and gaps: no frame is in two parts, the gap is kept, and the counts are as given.
    @Test func noFrameIsInTwoParts() throws {
        for (frames, stride, every) in [(2, 1, 1), (4, 1, 1), (4, 3, 1), (3, 2, 2), (2, 5, 1)] {
            for gap in [0, 1, 7] {
                for timed in [true, false] {
                    let all = try sequences(120, frames: frames, stride: stride, every: every, timed: timed)
                    let division = Division(
                        validation: .amount(HeldBack(count: 4)), test: .amount(HeldBack(count: 3)), gap: gap)
                    let parts = try parts(all, division)
                    #expect(parts[1].count == 4 * frames && parts[2].count == 3 * frames)
                    #expect(parts[0].max()! + gap < parts[1].min()! && parts[1].max()! + gap < parts[2].min()!)
                    #expect(parts[2].max()! >= 120 - stride - every)
                    #expect(parts[0].max()! + gap + stride >= parts[1].min()!, "more than needed is left out")
                }
            }
        }
    }

    @Test func partsBeginAtTimes() throws {
        let all = try sequences(72, frames: 3, stride: 1)
        let division = Division(validation: .from(time("02:00")), test: .from(time("04:00")))
        let parts = try parts(all, division)
        #expect(parts[0].max() == 23 && parts[1].min() == 24 && parts[1].max() == 47 && parts[2].min() == 48)
        let mixed = Division(validation: .amount(HeldBack(count: 2)), test: .from(time("04:00")), gap: 6)
        let few = try self.parts(all, mixed)
        #expect(few[1].max() == 41 && few[1].count == 6 && few[0].max() == 38 - 7)
    }

    @Test func whatCannotBeDividedIsRefused() throws {
        let all = try sequences(12, frames: 3, stride: 1),
            timeless = try sequences(12, frames: 3, stride: 1, timed: false)
        let none = Division.Part.amount(HeldBack(count: 0))
        for (sequences, division, phrase) in [
            (all, Division(validation: none, test: .from(time("02:00"))), "begins at 2010-08-26T00:45:00Z"),
            (all, Division(validation: none, test: .from(time("00:00"))), "leaves none of the 10 to train on"),
            (all, Division(validation: none, test: .amount(HeldBack(count: 8))), "leaves none of the 10"),
            (timeless, Division(validation: .from(time("00:30")), test: none), "the times of film are not known"),
        ] {
            let error = #expect(throws: ShardError.self) { try sequences.divided(by: division) }
            #expect(error?.description.contains(phrase) == true, "\(String(describing: error))")
        }
    }
}
