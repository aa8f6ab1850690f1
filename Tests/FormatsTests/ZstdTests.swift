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

    @Test func aFlippedBitAnywhereInTheContentIsFound() throws {
        let noise = (0..<997).map { UInt8(truncatingIfNeeded: $0 &* $0 &* 2_654_435_761 >> 9) }
        let frame = try Zstd.compress(noise.span)
        for position in stride(from: 8, to: frame.count, by: 13) {
            var damaged = frame
            damaged[position] ^= 0x10
            #expect(throws: FormatError.self) { try Zstd.decompress(damaged.span, limit: 1 << 20, file: "x") }
        }
    }

    @Test func limitIsCheckedBeforeMemoryIsTaken() throws {
        let frame = try Zstd.compress(content.span)
        #expect(throws: FormatError.self) { try Zstd.decompress(frame.span, limit: content.count - 1, file: "x") }
        #expect(throws: FormatError.self) { try Zstd.decompress([1, 2, 3].span, limit: 9, file: "x") }
    }

    @Test func theCommandLineReadsIt() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(Zstd.compress(content.span), to: "x.zst")
        #expect(try Command.run("zstd", ["-lv", path]).stdout.contains("Check: XXH64"))
        #expect(try Command.run("zstd", ["-d", path]).status == 0)
        #expect(try folder.bytes(of: "x") == content)
    }
}
