import Formats
import TestSupport
import Testing

@Suite struct PGMFileTests {
    let folder = try! TemporaryFolder()

    private func write(_ header: String, _ pixels: [UInt8]) throws -> String {
        try folder.write([UInt8](header.utf8) + pixels, to: "x.pgm")
    }

    @Test(arguments: ["P5 3 2 255 ", "P5\n# a\n#\n3\t2\n# 7 8\n255\n", "P5\n3 2#c\n200\r", "P5#x\n3 2 1\n"])
    func headersWithSpaceAndCommentsAreRead(header: String) throws {
        let path = try write(header, [10, 32, 35, 255, 0, 9])
        let extents = try PGMFile.extents(of: path)
        #expect((extents.height, extents.width, extents.bits) == (2, 3, 8))
        #expect(try PGMFile.pixels(of: path).bytes == [10, 32, 35, 255, 0, 9])
    }

    @Test func sixteenBitsAreTurnedToLittleEndian() throws {
        let path = try write("P5 2 1 65535\n", [1, 2, 255, 0])
        let (extents, bytes) = try PGMFile.pixels(of: path)
        #expect(extents.bits == 16 && bytes == [2, 1, 0, 255])
    }

    @Test func gzippedFilesHoldTheSamePixels() throws {
        let pixels = (0..<400_000).map { UInt8($0 * 7 % 251) }
        let path = try write("P5\n# \(String(repeating: "long ", count: 5000))\n800 500 255\n", pixels)
        #expect(try PGMFile.pixels(of: path).bytes == pixels)
        #expect(try Command.run("gzip", ["-n", path]).status == 0)
        let (extents, bytes) = try PGMFile.pixels(of: path + ".gz")
        #expect((extents.height, extents.width, extents.bits) == (500, 800, 8) && bytes == pixels)
        let packed = try folder.bytes(of: "x.pgm.gz")
        try folder.write([UInt8](packed.dropLast(packed.count / 3)), to: "cut.pgm.gz")
        #expect(throws: FormatError.self) { try PGMFile.pixels(of: folder.file("cut.pgm.gz")) }
    }

    @Test(arguments: [
        ("P5 3 2 255 ", 5, "is cut short of its 2 x 3 pixels"), ("P5 3 2 255 ", 7, "has bytes behind its 2 x 3 pixels"),
        ("P2 3 2 255 ", 6, "is not a binary PGM file"), ("P5 3 2", 0, "has a damaged PGM header"),
        ("P5 3 x 255 ", 6, "has a damaged PGM header"), ("P5 0 2 255 ", 6, "claims to be of 2 x 0 pixels"),
        ("P5 3 2 65536 ", 6, "pixels up to 65536"), ("P5 999999999 999999999 255 ", 6, "claims to be of"),
        ("P5 12345 12345 65535\n", 6, "claims to be of"), ("P5 9999999999 1 255\n", 1, "damaged PGM header"),
        ("", 0, "is empty"),
    ])
    func otherFilesAreRefusedBeforeMemoryIsTaken(header: String, count: Int, phrase: String) throws {
        let path = try write(header, [UInt8](repeating: 1, count: count))
        let error = #expect(throws: FormatError.self) { try PGMFile.pixels(of: path) }
        #expect(error?.description.contains(phrase) == true, "\(String(describing: error))")
    }
}
