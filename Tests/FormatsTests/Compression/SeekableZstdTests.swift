import Formats
import TestSupport
import Testing

@Suite struct SeekableZstdTests {
    let folder = try! TemporaryFolder()
    let frames = (1...6).map { size in (0..<size * 1000).map { UInt8(truncatingIfNeeded: $0 &* size ^ $0 >> 5) } }

    @discardableResult
    private func write(
        _ name: String, _ frames: [[UInt8]]
    ) throws -> (bytes: Int, sha256: String, tableSha256: String) {
        let writer = try SeekableZstdWriter(path: folder.file(name)), compressor = try ZstdCompressor(level: 3)
        for frame in frames {
            try writer.append(frame: compressor.frame(of: frame.span), contentSize: frame.count)
        }
        return try writer.finish()
    }

    @Test func eachFrameIsDecodedAlone() throws {
        let (bytes, sha256, table) = try write("x.zst", frames)
        let file = try SeekableZstdFile(path: folder.file("x.zst"))
        #expect(file.frameCount == frames.count)
        #expect(file.size == bytes)
        #expect(try Digest.ofFile(file.path) == sha256 && file.sha256() == sha256 && file.tableSha256 == table)
        for index in [5, 0, 3, 1] {
            var content = [UInt8](repeating: 0, count: file.contentSize(ofFrame: index)), span = content.mutableSpan
            try file.decode(frame: index, named: "frame", into: &span)
            #expect(content == frames[index])
        }
    }

    @Test func theCommandLineReadsTheWhole() throws {
        _ = try write("x.zst", frames)
        #expect(try Command.run("zstd", ["-t", folder.file("x.zst")]).status == 0)
        #expect(try Command.run("zstd", ["-d", folder.file("x.zst")]).status == 0)
        #expect(try folder.bytes(of: "x") == frames.flatMap { $0 })
    }

    @Test func damageIsFoundInTheFrameItIsIn() throws {
        _ = try write("x.zst", frames)
        var bytes = try folder.bytes(of: "x.zst")
        bytes[20] ^= 1
        try folder.write(bytes, to: "x.zst")
        let file = try SeekableZstdFile(path: folder.file("x.zst"))
        let error = #expect(throws: FormatError.self) {
            var content = [UInt8](repeating: 0, count: 1000), span = content.mutableSpan
            try file.decode(frame: 0, named: "sequence 9", into: &span)
        }
        #expect(error?.problem.contains("sequence 9") == true)
        var content = [UInt8](repeating: 0, count: 2000), span = content.mutableSpan
        try file.decode(frame: 1, named: "frame 1", into: &span)
        #expect(content == frames[1])
    }

    /// Two swapped frames of equal size are intact, each with a valid checksum, but they contradict the table.
    @Test func aFrameInTheWrongPlaceIsNoticed() throws {
        let noise = (0..<3).map { frame in
            (0..<500).map { UInt8(truncatingIfNeeded: ($0 + 7) &* ($0 + 3 * frame) >> 3) }
        }
        try write("x.zst", noise)
        let compressor = try ZstdCompressor(level: 3), packed = try noise.map { try compressor.frame(of: $0.span) }
        try #require(packed[0].count == packed[1].count)
        let bytes = try folder.bytes(of: "x.zst"), rest = bytes.dropFirst(2 * packed[0].count)
        try folder.write(packed[1] + packed[0] + rest, to: "x.zst")
        let file = try SeekableZstdFile(path: folder.file("x.zst"))
        var content = [UInt8](repeating: 0, count: 500), span = content.mutableSpan
        let error = #expect(throws: FormatError.self) { try file.decode(frame: 1, named: "sequence 0", into: &span) }
        #expect(error?.problem.contains("other bytes in sequence 0") == true)
        try file.decode(frame: 2, named: "sequence 1", into: &span)
        #expect(content == noise[2])
    }
}
