import Formats
import TestSupport
import Testing

@Suite struct PNGReadingTests {
    let folder = try! TemporaryFolder()

    private func python(_ script: String) throws {
        try Python.run(PNGScript.functions + script, in: folder)
    }

    @Test(arguments: [1, 3]) func pixelsAreAsStoredWhateverAFileSaysAboutColors(channels: Int) throws {
        try python(
            """
            pixels = [i * 37 % 256 for i in range(7 * 6 * \(channels))]; kind = \(channels == 1 ? 0 : 2)
            png('plain.png', 7, 6, pixels, kind=kind)
            gamma = [(b'gAMA', struct.pack('>I', 100000)), (b'tRNS', bytes(2 * \(channels))), (b'tEXt', b'a\\0b')]
            png('gamma.png', 7, 6, pixels, kind=kind, chunks=gamma)
            """)
        let pixels = (0..<7 * 6 * channels).map { UInt8($0 * 37 % 256) }
        let expected = Picture(width: 7, height: 6, channels: channels, pixels: pixels)
        for name in ["plain.png", "gamma.png"] {
            #expect(try PNGFile.read(folder.file(name)) == expected)
            #expect(try PNGFile.extents(of: folder.file(name)).description == "6 x 7 x \(channels)")
        }
    }

    @Test func everyNumberOfSixteenBitsIsReadAsStored() throws {
        try python(
            """
            pixels = [b for n in range(65536) for b in (n >> 8, n & 255)]
            png('deep.png', 256, 256, pixels, depth=16)
            png('gamma.png', 256, 256, pixels, depth=16, chunks=[(b'gAMA', struct.pack('>I', 45455))])
            """)
        let everyNumber: [UInt16] = (UInt16.min...UInt16.max).map(\.littleEndian)
        let expected = everyNumber.withUnsafeBytes { [UInt8]($0) }
        for name in ["deep.png", "gamma.png"] {
            let (extents, bytes) = try PNGFile.pixels(of: folder.file(name))
            #expect(extents.bits == 16 && extents.description == "256 x 256 x 1")
            #expect(bytes == expected)
        }
    }

    @Test func otherKindsAreRefusedByName() throws {
        try python(
            """
            png('deep.png', 2, 1, [0] * 4, depth=16); png('palette.png', 2, 1, [0] * 2, kind=3)
            png('clear.png', 2, 1, [0] * 8, kind=6)
            huge = bytearray(open('deep.png', 'rb').read()); huge[16:25] = struct.pack('>IIB', 1 << 30, 1 << 30, 8)
            open('huge.png', 'wb').write(huge)
            open('text.png', 'w').write('a picture')
            """)
        for (name, phrase) in [
            ("deep.png", "gray of 16 bits"), ("palette.png", "a palette of 8 bits"),
            ("clear.png", "RGB and transparency"),
            ("huge.png", "1073741824 x 1073741824"), ("text.png", "not a PNG"), ("missing.png", "check the path"),
        ] {
            let error = #expect(throws: FormatError.self, "\(name)") { try PNGFile.read(folder.file(name)) }
            #expect(error?.description.contains(phrase) == true, "\(String(describing: error))")
        }
    }

    /// A second header later in the file must not make libpng decode other extents than those that memory was allocated
    /// for.
    @Test func onlyWhatWasCheckedIsDecoded() throws {
        try python(
            """
            whole = lambda name, w, h: (png(name, w, h, [7] * (w * h)), open(name, 'rb').read())[1]
            def header(w, h, name=b'IHDR', size=13): return chunk(name, struct.pack('>IIBBBBB', w, h, 8, 0, 0, 0, 0)[:size])
            start, big = b'\\x89PNG\\r\\n\\x1a\\n', whole('big.png', 200, 200)[8:]
            for name in (b'juNK', b'ihdr', b'IDAT', b'CgBI', b'\\n\\x1b\\0\\xff'):
                open(f'first-{name.hex()}.png', 'wb').write(start + header(1, 1, name) + big)
            open('twice.png', 'wb').write(start + header(1, 1) + big)
            open('short.png', 'wb').write(start + header(1, 1, size=12) + b'    ' + big)
            open('long.png', 'wb').write(start + chunk(b'IHDR', struct.pack('>II', 1, 1) + b'\\x08' + bytes(12)) + big)
            open('lengthy.png', 'wb').write(start + struct.pack('>I', 0xFFFFFFFF) + big[4:])
            open('none.png', 'wb').write(start + header(1, 1, b'IEND'))
            open('claim.png', 'wb').write(start + header(11585, 11585) + big[25:]); os.remove('big.png')
            """)
        let names = try folder.names
        #expect(names.count == 11)
        for name in names {
            let error = #expect(throws: FormatError.self, "\(name)") { try PNGFile.read(folder.file(name)) }
            #expect((error?.description.utf8.count ?? 999) < 400)
        }
        for name in names where name.hasPrefix("first") {
            let error = #expect(throws: FormatError.self) { try PNGFile.extents(of: folder.file(name)) }
            #expect(
                error?.description.contains("is not a PNG file this program reads") == true,
                "\(String(describing: error))")
        }
        let apple = #expect(throws: FormatError.self) { try PNGFile.read(folder.file("first-43674249.png")) }
        #expect(apple?.description.contains("Apple's own variant") == true)
        let claim = #expect(throws: FormatError.self) { try PNGFile.read(folder.file("claim.png")) }
        #expect(claim?.description.contains("cannot hold 11585 x 11585 pixels") == true)
    }

    @Test func colorsBecomeGreyByTheirBrightness() {
        let colors = Picture(width: 4, height: 1, channels: 3, pixels: [255, 0, 0, 0, 255, 0, 0, 0, 255, 9, 9, 9])
        #expect(colors.gray.pixels == [76, 150, 29, 9] && colors.gray.gray == colors.gray)
    }
}
