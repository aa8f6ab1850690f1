import Formats
import Foundation
import Shards
import TestSupport
import Testing

/// Folders of frames whose names tell times, masks, and the formats of frames.
@Suite struct FrameTimesTests {
    let folder = try! TemporaryFolder()
    private let cutting = FilmCutting(frames: 2)

    /// Writes a frame of 2 x 3 pixels of one number.
    private func write(_ number: Int, to name: String, isWide: Bool = false, comment: String = "") throws {
        let path = folder.file(name), parent = URL(fileURLWithPath: path).deletingLastPathComponent().path
        try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
        if name.hasSuffix(".png") {
            let pixels = [UInt8](repeating: UInt8(number), count: 6)
            return try PNGFile.write(Picture(width: 3, height: 2, channels: 1, pixels: pixels), to: path)
        }
        let pixel = isWide ? [UInt8(number >> 8), UInt8(number & 255)] : [UInt8(number)]
        let header = "P5\n# a comment\n3 #width\n2\n\(isWide ? 65_535 : 255)\n"
        try folder.write([UInt8](header.utf8) + (0..<6).flatMap { _ in pixel }, to: name)
    }

    private func cut(_ format: TimeFormat? = nil, _ given: GivenTimes? = nil) throws -> FilmSequences {
        let found = try FrameFolder(folder.path, cutting: cutting, asGray: false, format: format, given: given)
        return try FilmSequences(found.films, name: "radar", cutting: cutting, shorter: found.shorter)
    }

    private func numbers(_ sequences: FilmSequences) throws -> [Int] {
        let size = sequences.elementType.size, bytes = try sequences.bytes(of: 0..<sequences.count)
        return stride(from: 0, to: bytes.count, by: 6 * size).map {
            size == 1 ? Int(bytes[$0]) : Int(bytes[$0]) | Int(bytes[$0 + 1]) << 8
        }
    }

    @Test func foldersOfDaysAreOneFilm() throws {
        for (number, name) in [
            "2010/08/26/RAD201008262354.png", "2010/08/27/RAD201008270000.png", "2010/08/27/RAD201008270006.png",
            "2010/08/27/RAD201008270018.png", "2010/08/27/RAD201008270024.png",
        ].enumerated() {
            try write(number, to: name)
        }
        let sequences = try cut()
        #expect(try numbers(sequences) == [0, 1, 3, 4])
        #expect(sequences.facts.times?.map(\.description) == ["2010-08-26T23:54:00Z", "2010-08-27T00:18:00Z"])
        let reading = try FrameFolder(folder.path, cutting: cutting, asGray: false).timesReading
        #expect(reading?.hasSuffix("times are told by names: 201008262354 is 2010-08-26T23:54:00Z") == true)
    }

    @Test func foldersOfTheSameTimesAreFilmsOfTheirOwn() throws {
        for (number, name) in [
            "a/20100826_0000.pgm", "a/20100826_0005.pgm", "b/20100826_0000.pgm", "b/20100826_0005.pgm",
        ].enumerated() {
            try write(number, to: name)
        }
        #expect(try numbers(cut()) == [0, 1, 2, 3])
        try write(9, to: "a/201008260005.pgm")
        let twice = #expect(throws: ShardError.self) { try cut() }
        #expect(twice?.description.contains("are both of 2010-08-26T00:05:00Z; remove one of them") == true)
    }

    @Test func aFormOrAFirstTimeMayBeGiven() throws {
        for number in 0..<4 { try write(number, to: "RAD10082600\(6 * number < 10 ? "0" : "")\(6 * number)00.png") }
        #expect(try cut().facts.times == nil)
        let named = try cut(TimeFormat("RAD%y%m%d%H%M"))
        #expect(named.facts.times?.last?.description == "2010-08-26T00:12:00Z" && named.facts.timeStep == 360)
        let given = try cut(nil, GivenTimes("2011-01-01T00:00,10min"))
        #expect(given.facts.times?.last?.description == "2011-01-01T00:20:00Z" && given.facts.timeStep == 600)
        try write(4, to: "last.png")
        let error = #expect(throws: ShardError.self) { try cut(TimeFormat("RAD%y%m%d%H%M")) }
        #expect(error?.description.contains("last.png has no time of the form RAD%y%m%d%H%M") == true)
    }

    @Test func numbersOfSixteenBitsAndGzippedFramesAreRead() throws {
        for (number, value) in [0, 300, 65_535, 256].enumerated() {
            try write(value, to: "\(number).pgm", isWide: true)
        }
        for number in 0..<4 { #expect(try Command.run("gzip", ["-n", folder.file("\(number).pgm")]).status == 0) }
        let sequences = try cut()
        #expect(sequences.elementType == .uint16)
        #expect(try numbers(sequences) == [0, 300, 65_535, 256])
        for number in 4..<6 { try write(1, to: "\(number).pgm") }
        let error = #expect(throws: (any Error).self) { try numbers(cut()) }
        #expect("\(error!)".contains("bring all frames to one size and type"))
    }

    @Test func aMaskMakesPixelsMissing() throws {
        for number in 0..<2 { try write(7, to: "film/\(number).png") }
        let mask = [1, 0, 5, 1, 1, 0] as [UInt8]
        try NpyFile.write(mask.span, header: NpyHeader(type: .bool, shape: [2, 3]), to: folder.file("mask.npy"))
        try PNGFile.write(Picture(width: 3, height: 2, channels: 1, pixels: mask), to: folder.file("mask.png"))
        let found = try FrameFolder(folder.file("film"), cutting: cutting, asGray: false)
        for name in ["mask.npy", "mask.png"] {
            let film = try FilmSequences(
                found.films, name: "film", cutting: cutting, given: GivenMeaning(missing: 255))
            let masked = try MaskedSequences(film, mask: FrameMask(path: folder.file(name)))
            let (divided, _) = try masked.divided(by: .nothing)
            #expect(try divided.bytes(of: 0..<1) == [7, 255, 7, 7, 7, 255, 7, 255, 7, 7, 7, 255])
        }
        let plain = try FilmSequences(found.films, name: "film", cutting: cutting)
        for (name, content, phrase) in [
            ("mask.npy", mask, "no number stands for these; give --missing"),
            ("zero.npy", [0, 0, 0, 0, 0, 0], "is zero everywhere"),
        ] as [(String, [UInt8], String)] {
            try NpyFile.write(content.span, header: NpyHeader(type: .uint8, shape: [2, 3]), to: folder.file(name))
            let error = #expect(throws: ShardError.self) {
                try MaskedSequences(plain, mask: FrameMask(path: folder.file(name)))
            }
            #expect(error?.description.contains(phrase) == true)
        }
    }
}
