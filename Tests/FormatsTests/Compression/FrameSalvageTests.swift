import Formats
import TestSupport
import Testing

/// The intact frames of damaged files, found without their tables.
@Suite struct FrameSalvageTests {
    private let folder = try! TemporaryFolder()
    private let header = [UInt8]("header".utf8), contentSize = 3000
    private var path: String { folder.file("x") }

    /// Writes frame 0, a header, and nine frames of noise. Returns the file's bytes and the place of each frame.
    private func write() throws -> (bytes: [UInt8], frames: [Range<Int>]) {
        let writer = try SeekableZstdWriter(path: path), compressor = try ZstdCompressor(level: 1)
        var frames: [Range<Int>] = [], state = UInt64(1)
        for number in 0..<10 {
            let content =
                number == 0
                ? header
                : (0..<contentSize).map { _ in
                    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                    return UInt8(state >> 56)
                }
            let frame = try compressor.frame(of: content.span), start = frames.last?.upperBound ?? 0
            frames.append(start..<start + frame.count)
            try writer.append(frame: frame, contentSize: content.count)
        }
        _ = try writer.finish()
        return (try folder.bytes(of: "x"), frames)
    }

    private func found(in bytes: [UInt8]) throws -> [Int: Range<Int>] {
        try folder.write(bytes, to: "x")
        let header = header
        return try FrameSalvage(path: path, contentSize: contentSize) { $0 == header }.frames(of: 10)
    }

    /// One flipped byte in each of some frames, in the middle of a frame or in its first bytes.
    @Test(arguments: [[], [0], [1], [9], [4], [3, 4, 5], [2, 6], [0, 5, 9]], [0, 5, 500])
    func flippedBytesCostTheirFramesOnly(damaged: [Int], place: Int) throws {
        var (bytes, frames) = try write()
        for frame in damaged { bytes[frames[frame].lowerBound + min(place, frames[frame].count / 2)] ^= 0x55 }
        let found = try found(in: bytes)
        #expect(Set(found.keys) == Set(1...9).subtracting(damaged))
        for (number, frame) in found { #expect(frame == frames[number]) }
    }

    @Test func aCutFileKeepsWhatIsBeforeTheCut() throws {
        let (bytes, frames) = try write()
        for end in [0, 3, frames[0].upperBound, frames[4].lowerBound + 17, frames[9].upperBound - 1, bytes.count - 1] {
            let expected = frames.indices.filter { $0 > 0 && frames[$0].upperBound <= end }
            #expect(try Set(found(in: [UInt8](bytes.prefix(end))).keys) == Set(expected), "\(end)")
        }
    }

    /// Without the beginning or the end, a frame behind a gap may have any number.
    @Test func framesOfUnknownNumbersAreLeftOut() throws {
        var (bytes, frames) = try write()
        for frame in [3, 6, 7] { bytes[frames[frame].lowerBound + 100] ^= 1 }
        #expect(try Set(found(in: bytes).keys) == [1, 2, 8, 9])
        #expect(try Set(found(in: [UInt8](bytes.prefix(frames[9].upperBound))).keys) == [1, 2])
        let withoutBeginning = [UInt8](bytes.dropFirst(frames[1].lowerBound))
        #expect(try Set(found(in: withoutBeginning).keys) == [8, 9])
    }

    /// Bytes taken out or put in shift the frames behind them.
    @Test func shiftedFramesAreFound() throws {
        var (bytes, frames) = try write()
        bytes.removeSubrange(frames[5].lowerBound + 100..<frames[5].lowerBound + 150)
        var expected: [Int: Range<Int>] = [:]
        for index in 1...4 { expected[index] = frames[index] }
        for index in 6...9 { expected[index] = frames[index].lowerBound - 50..<frames[index].upperBound - 50 }
        #expect(try found(in: bytes) == expected)
    }

    /// A file of nothing but what begins like a frame is given up.
    @Test func falseStartsEnd() throws {
        let starts = [UInt8]((0..<200_000).flatMap { _ in [0x28, 0xB5, 0x2F, 0xFD] as [UInt8] })
        #expect(try found(in: starts).isEmpty)
    }
}
