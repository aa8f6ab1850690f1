import Formats
import TestSupport
import Testing

@Suite struct PNGFileTests {
    let folder = try! TemporaryFolder()

    /// Decodes a PNG according to the specification: chunks, zlib, and the five line filters.
    private static let decoder = """
        import sys, zlib, struct
        d = open(sys.argv[1], 'rb').read(); assert d[:8] == b'\\x89PNG\\r\\n\\x1a\\n'
        p, data = 8, b''
        while p < len(d):
            n, kind = struct.unpack('>I4s', d[p:p+8]); body = d[p+8:p+8+n]; p += n + 12
            assert zlib.crc32(kind + body) == struct.unpack('>I', d[p-4:p])[0]
            if kind == b'IHDR': w, h, depth, color = struct.unpack('>IIBB', body[:10])
            if kind == b'IDAT': data += body
        bpp = {0: 1, 2: 3}[color]; raw = zlib.decompress(data); out, last = [], [0] * (w * bpp)
        for y in range(h):
            f, *line = raw[y*(w*bpp+1):(y+1)*(w*bpp+1)]
            for i in range(len(line)):
                a = line[i-bpp] if i >= bpp else 0; b = last[i]; c = last[i-bpp] if i >= bpp else 0
                q = min((abs(b-c), 0, a), (abs(a-c), 1, b), (abs(a+b-2*c), 2, c))[2]
                line[i] = (line[i] + [0, a, b, (a+b)//2, q][f]) % 256
            out += line; last = line
        print(w, h, bpp, out)
        """

    @Test(arguments: [1, 3]) func pixelsComeBack(channels: Int) throws {
        let pixels = (0..<5 * 4 * channels).map { UInt8($0 * 37 % 256) }
        let picture = Picture(width: 5, height: 4, channels: channels, pixels: pixels)
        try PNGFile.write(picture, to: folder.file("x.png"))
        #expect(try Python.run(Self.decoder, [folder.file("x.png")]) == "5 4 \(channels) \(pixels)\n")
    }

    @Test func whatCannotBeWrittenLeavesNothing() throws {
        let empty = Picture(width: 0, height: 0, channels: 1, pixels: [])
        #expect(throws: FormatError.self) { try PNGFile.write(empty, to: folder.file("x.png")) }
        let dot = Picture(width: 1, height: 1, channels: 1, pixels: [9])
        #expect(throws: FormatError.self) { try PNGFile.write(dot, to: folder.file("no/x.png")) }
        #expect(try folder.names == [])
    }
}
