import Formats
import TestSupport
import Testing

@Suite struct ZstdTests {
    let content = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 / 7 ^ $0) }

    @Test(arguments: [1, 3, 19]) func contentComesBack(level: Int) throws {
        let frame = try Zstd.compress(content.span, level: level)
        #expect(frame.count < content.count / 2)
        #expect(try Zstd.decompress(frame.span, limit: content.count, file: "x") == content)
    }

    @Test func limitIsCheckedBeforeMemoryIsTaken() throws {
        let frame = try Zstd.compress(content.span)
        #expect(throws: FormatError.self) { try Zstd.decompress(frame.span, limit: content.count - 1, file: "x") }
        #expect(throws: FormatError.self) { try Zstd.decompress([1, 2, 3].span, limit: 9, file: "x") }
    }

    /// Frames that claim gigabytes: an empty one, one with a block of a single repeated byte, and one with raw bytes.
    @Test(
        .timeLimit(.minutes(1)),
        arguments: [
            [0xE4, 0x00, 0xE4, 0x0B, 0x54, 0x02, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0],
            [0xE4, 0x00, 0, 0, 0, 0, 0, 0, 0x40, 3, 0, 0x10, 7],
            [0xE0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F, 1, 0, 0],
            [0xA4, 0x00, 0, 0, 0xC0, 9, 0, 0, 1, 2, 3, 4],
        ]) func aClaimIsNoReasonToTakeMemory(frame: [UInt8]) throws
    {
        let frame: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD] + frame
        let error = #expect(throws: FormatError.self) { try Zstd.decompress(frame.span, limit: 1 << 62, file: "x") }
        #expect(error?.description.contains("claim to hold") == true, "\(String(describing: error))")
    }

    @Test func whatCompressesBestIsRead() throws {
        let zeros = [UInt8](repeating: 0, count: 5_000_000)
        for level in [1, 19] {
            let frame = try Zstd.compress(zeros.span, level: level)
            #expect(try Zstd.decompress(frame.span, limit: zeros.count, file: "x") == zeros)
        }
    }

    @Test func theCommandLineReadsIt() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(Zstd.compress(content.span), to: "x.zst")
        #expect(try Command.run("zstd", ["-lv", path]).stdout.contains("Check: XXH64"))
        #expect(try Command.run("zstd", ["-d", path]).status == 0)
        #expect(try folder.bytes(of: "x") == content)
    }
}
