import Formats
import TestSupport
import Testing

@Suite struct IdxImagesTests {
    let folder = try! TemporaryFolder()
    let whole: [UInt8] = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3] + Array(10..<22)

    @Test func plainAndGzippedAreTheSame() throws {
        let path = try folder.write(whole, to: "images")
        #expect(try Command.run("gzip", ["-k", path]).status == 0)
        for name in ["images", "images.gz"] {
            let images = try IdxImages(path: folder.file(name))
            #expect(images.count == 2 && images.height == 2 && images.width == 3)
            #expect(images.pixels == Array(10..<22))
        }
    }

    @Test func labelsTruncationsAndOtherFilesAreRefused() throws {
        let labels: [UInt8] = [0, 0, 8, 1, 0, 0, 0, 2, 5, 6] + [UInt8](repeating: 0, count: 9)
        let floats: [UInt8] = [0, 0, 13, 3] + whole[4...]
        for (bytes, phrase) in [
            (labels, "no images"), (floats, "not an idx file"), ([UInt8](whole.dropLast()), "cut short"),
            ([], "not an idx file"), ([0x1F, 0x8B], "cut short"),
        ] {
            let path = try folder.write(bytes, to: "images")
            let error = #expect(throws: FormatError.self) { try IdxImages(path: path) }
            #expect(error?.description.contains(phrase) == true, "\(String(describing: error))")
        }
    }

    @Test(.enabled(if: Python.has("numpy"), "needs numpy")) func zerosBehindAGzipStreamArePaddingAndNothingElseIs()
        throws
    {
        try folder.write(whole, to: "images")
        try Python.run(
            """
            import gzip, os, sys
            os.chdir(sys.argv[1]); data = open('images', 'rb').read(); one, two = gzip.compress(data[:9]), gzip.compress(data[9:])
            half = one + two
            for name, raw in (('padded', gzip.compress(data) + bytes(512)), ('long', gzip.compress(data) + bytes(600000)),
                    ('two', half), ('both', half + bytes(3)), ('between', one + bytes(7) + two)):
                open(name, 'wb').write(raw); assert gzip.open(name).read() == data
            for name, raw in (('text', gzip.compress(data) + b'text'), ('late', gzip.compress(data) + bytes(9) + b'x'),
                    ('cut', half[:-1]), ('begun', gzip.compress(data) + half[:5])):
                open('bad-' + name, 'wb').write(raw)
            """, [folder.path])
        for name in ["padded", "long", "two", "both", "between"] {
            #expect(throws: Never.self, "\(name)") {
                let images = try IdxImages(path: folder.file(name))
                #expect(images.pixels == Array(10..<22))
            }
        }
        for name in try folder.names where name.hasPrefix("bad") {
            #expect(throws: FormatError.self, "\(name)") { try IdxImages(path: folder.file(name)) }
        }
    }

    @Test(.timeLimit(.minutes(1)), arguments: [false, true]) func nothingIsTakenOnAFilesWord(packed: Bool) throws {
        let most: [UInt8] = [255, 255, 255, 255]
        for (header, phrase) in [
            ([0, 0, 8, 3] + most + most + most, "claims"),
            ([0, 0, 8, 3, 0, 0, 4, 0, 0, 0, 4, 0, 0, 0, 4, 0], "cut short"),
            ([0, 0, 8, 3, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 3], "claims 0 x 2 x 3"),
            ([0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3], "behind"),
        ] as [([UInt8], String)] {
            var path = try folder.write(header + whole[16...], to: "images")
            if packed {
                #expect(try Command.run("gzip", ["-f", path]).status == 0)
                path += ".gz"
            }
            let error = #expect(throws: FormatError.self) { try IdxImages(path: path) }
            #expect(error?.description.contains(phrase) == true, "\(String(describing: error))")
        }
    }
}
