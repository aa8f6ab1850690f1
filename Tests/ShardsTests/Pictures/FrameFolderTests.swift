import Formats
import Foundation
import Shards
import TestSupport
import Testing

@Suite struct FrameFolderTests {
    let folder = try! TemporaryFolder()

    /// Writes a frame of 3 x 2 pixels whose values all equal `number`.
    private func write(_ number: Int, to name: String, width: Int = 3, channels: Int = 1) throws {
        let path = folder.file(name), parent = URL(fileURLWithPath: path).deletingLastPathComponent().path
        try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
        let pixels = [UInt8](repeating: UInt8(number), count: width * 2 * channels)
        try PNGFile.write(Picture(width: width, height: 2, channels: channels, pixels: pixels), to: path)
    }

    private func clips(frames: Int, stride: Int, asGray: Bool = false) throws -> FilmSequences {
        let cutting = FilmCutting(frames: frames, stride: stride)
        let found = try FrameFolder(folder.path, cutting: cutting, asGray: asGray)
        return try FilmSequences(found.films, name: folder.path, cutting: cutting, shorter: found.shorter)
    }

    private func remarks(of folder: String) throws -> [String] {
        try FrameFolder(folder, cutting: FilmCutting(frames: 2), asGray: false).remarks
    }

    /// The numbers of the frames of each sequence.
    private func numbers(_ clips: FilmSequences) throws -> [[Int]] {
        try clips.blocks.flatMap { block in
            let bytes = try clips.bytes(of: block)
            return (0..<block.count).map { sequence in
                (0..<clips.geometry.frames).map { frame in
                    let first = (sequence * clips.geometry.frames + frame) * clips.geometry.frameElements
                    let values = bytes[first..<first + clips.geometry.frameElements]
                    return Set(values).count == 1 ? Int(values.first!) : -1
                }
            }
        }
    }

    @Test func aFolderIsAFilmInTheOrderOfItsNumbers() throws {
        for number in 1...11 { try write(number, to: "frame \(number).png") }
        try folder.write([1], to: "notes.txt")
        try folder.write([1], to: ".hidden.png")
        let clips = try clips(frames: 4, stride: 4)
        #expect(clips.geometry == SequenceGeometry(frames: 4, height: 2, width: 3, channels: 1))
        #expect(try numbers(clips) == [[1, 2, 3, 4], [5, 6, 7, 8]] && clips.count == 2)
        #expect(clips.leftOver == 3 && clips.tooShort == 0)
    }

    @Test(arguments: [
        (1, [[0, 1, 2], [1, 2, 3], [2, 3, 4], [3, 4, 5], [4, 5, 6]], 0),
        (2, [[0, 1, 2], [2, 3, 4], [4, 5, 6]], 0), (4, [[0, 1, 2], [4, 5, 6]], 1), (5, [[0, 1, 2]], 4),
    ])
    func windowsMoveByTheStride(stride: Int, expected: [[Int]], leftOver: Int) throws {
        for number in 0..<7 { try write(number, to: "\(number).PNG") }
        let clips = try clips(frames: 3, stride: stride)
        #expect(try numbers(clips) == expected && clips.leftOver == leftOver)
        for (index, sequence) in expected.enumerated().reversed() {
            #expect(
                try clips.bytes(of: index..<index + 1) == sequence.flatMap { [UInt8](repeating: UInt8($0), count: 6) })
        }
    }

    @Test func foldersAreClipsThatNoSequenceCrosses() throws {
        for number in 0..<3 { try write(number, to: "clip 2/\(number).png") }
        for number in 0..<5 { try write(10 + number, to: "clip 10/\(number).png") }
        try write(99, to: "clip 1/0.png")
        try folder.write([1], to: "clip 1/notes.txt")
        try FileManager.default.createDirectory(atPath: folder.file("empty"), withIntermediateDirectories: false)
        let clips = try clips(frames: 2, stride: 2)
        #expect(try numbers(clips) == [[0, 1], [10, 11], [12, 13]])
        #expect(clips.tooShort == 1 && clips.leftOver == 3)
    }

    @Test func colorsStayOrBecomeGrey() throws {
        for number in 0..<2 { try write(50, to: "\(number).png", channels: 3) }
        #expect(try clips(frames: 2, stride: 2).geometry.channels == 3)
        let gray = try clips(frames: 2, stride: 2, asGray: true)
        #expect(gray.geometry.channels == 1)
        #expect(try numbers(gray) == [[50, 50]])
    }

    /// Arrays are frames, but not beside pictures, where they are masks or labels.
    @Test func arraysAreFramesWhereThereAreNoPictures() throws {
        for number in 0..<4 {
            let numbers = [UInt16](repeating: UInt16(number), count: 6).withUnsafeBytes { [UInt8]($0) }
            let path = folder.file("radar_2010082600\(10 + 5 * number).npy")
            try NpyFile.write(numbers.span, header: NpyHeader(type: .uint16, shape: [2, 3]), to: path)
        }
        let clips = try clips(frames: 2, stride: 2)
        #expect(clips.elementType == .uint16 && clips.facts.timeStep == 300)
        let bytes = try clips.bytes(of: 0..<2)
        let first: [UInt8] = stride(from: 0, to: bytes.count, by: 12).map { bytes[$0] }
        #expect(first == [0, 1, 2, 3])
        for number in 0..<4 { try write(number, to: "clip/\(number).png") }
        #expect(try numbers(self.clips(frames: 2, stride: 2)) == [[0, 1], [2, 3]])
        #expect(try remarks(of: folder.path).first?.contains("4 files are not frames") == true)
    }

    @Test func whatIsNoClipIsRefused() throws {
        func refusal(frames: Int = 2) -> String {
            let error = #expect(throws: (any Error).self) { try numbers(clips(frames: frames, stride: frames)) }
            return error.map { "\($0)" } ?? ""
        }
        #expect(refusal().contains("no PNG files"))
        for number in 0..<4 { try write(number, to: "\(number).png") }
        #expect(refusal(frames: 5).contains("has 4 frames"))
        try write(3, to: "3.png", width: 4)
        #expect(refusal().contains("3.png is of 2 x 4 x 1 and") && refusal().contains("one size"))
        try write(3, to: "3.png", channels: 3)
        #expect(refusal().contains("--gray"))
        try folder.write([1, 2, 3], to: "3.png")
        #expect(refusal().contains("3.png is not a PNG"))
        try write(3, to: "more/0.png")
        #expect(refusal().contains("keep one of the two"))
    }

    /// The shortest clip comes first, and has pictures of another size.
    @Test func aClipTooShortForASequenceSetsNoSize() throws {
        for number in 0..<2 { try write(number, to: "a/\(number).png", width: 9, channels: 3) }
        for number in 0..<6 { try write(number, to: "b/\(number).png") }
        try folder.write([1], to: "a/2.jpg")
        let clips = try clips(frames: 3, stride: 3)
        #expect(clips.geometry == SequenceGeometry(frames: 3, height: 2, width: 3, channels: 1) && clips.tooShort == 1)
        #expect(try numbers(clips) == [[0, 1, 2], [3, 4, 5]] && clips.leftOver == 2)
    }

    private func remarks(_ names: [String]) throws -> [String] {
        for (number, name) in names.enumerated() { try write(number, to: "clip/\(name).png") }
        defer { try? FileManager.default.removeItem(atPath: folder.file("clip")) }
        return try remarks(of: folder.file("clip"))
    }

    @Test(arguments: [
        (["0", "1", "3", "4"], "jump from 1 to 3"), (["f008", "f009", "f011"], "jump from 9 to 11"),
        (["1", "2", "4", "5", "9", "10"], "jump from 2 to 4, and in 1 other place"),
        (["cam1_5", "cam1_6", "cam1_9"], "jump from 6 to 9"), (["10", "20", "30", "50"], "jump from 30 to 50"),
        (["a1", "b2", "b3"], "several forms (a1.png, b2.png)"),
        (["left0", "right0", "left1", "right1"], "several forms"),
        (["0", "1", "last"], "several forms"),
    ])
    func framesThatDoNotFollowEachOtherAreTold(names: [String], phrase: String) throws {
        let found = try remarks(names)
        #expect(found.count == 1 && found[0].contains(phrase), "\(found)")
    }

    @Test(arguments: [
        ["0", "1", "2"], ["8", "9", "10", "11"], ["00000001", "00000002"], ["0", "5", "10"], ["a", "b", "c"],
        ["20200601_2355", "20200602_0000", "20200602_0010"], ["202006010055", "202006010100", "202006010105"],
    ])
    func evenRowsAndTimesAreNoMatter(names: [String]) throws {
        #expect(try remarks(names) == [])
    }

    @Test(arguments: [["1", "01"], ["0", "1", "2", "002"], ["f1_02", "f01_2"]])
    func twoFramesOfOneNumberAreRefused(names: [String]) throws {
        let error = #expect(throws: ShardError.self) { try remarks(names) }
        #expect(error?.description.contains("have the same number") == true)
    }

    @Test func whatIsPassedOverIsTold() throws {
        for number in 0..<4 { try write(number, to: "clips/a/\(number).png") }
        for number in 0..<4 { try write(number, to: "clips/deep/er/\(number).png") }
        for name in ["a/1.jpg", "a/2.JPEG", "a/3.tif", "a/4.gif", "notes.txt", "a/.hidden.jpg"] {
            try folder.write([1], to: "clips/\(name)")
        }
        #expect(
            try remarks(of: folder.file("clips")) == [
                "\(folder.file("clips")): 5 files are not frames and were passed over (notes.txt, a/1.jpg, a/2.JPEG, ...)",
                "\(folder.file("clips")): 1 folder in it is not a clip and was passed over (deep)",
            ])
        try FileManager.default.moveItem(atPath: folder.file("clips/notes.txt"), toPath: folder.file("clips/0.png"))
        #expect(throws: ShardError.self) { try remarks(of: folder.file("clips")) }
    }
}
