// PNG files made with Python's zlib alone, so that no reader is tested with its own writer.

/// Functions for scripts of `Python.run`: `png(path, w, h, pixels, depth, kind, chunks)` writes a file of the color
/// type `kind`, whose lines cycle through the five filters; `chunks` come before the pixels.
package enum PNGScript {
    package static let functions = """
        import zlib, struct
        def chunk(kind, body):
            return struct.pack('>I', len(body)) + kind + body + struct.pack('>I', zlib.crc32(kind + body))
        def png(path, w, h, pixels, depth=8, kind=0, chunks=()):
            step = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[kind] * depth // 8; row = len(pixels) // h
            data, last = b'', bytes(row)
            for y in range(h):
                line, f = bytes(pixels[y*row:(y+1)*row]), y % 5; out = []
                for i, x in enumerate(line):
                    a = line[i-step] if i >= step else 0; b = last[i]; c = last[i-step] if i >= step else 0
                    q = min((abs(b-c), 0, a), (abs(a-c), 1, b), (abs(a+b-2*c), 2, c))[2]
                    out.append((x - [0, a, b, (a+b)//2, q][f]) % 256)
                data += bytes([f] + out); last = line
            header = struct.pack('>IIBBBBB', w, h, depth, kind, 0, 0, 0)
            open(path, 'wb').write(b'\\x89PNG\\r\\n\\x1a\\n' + chunk(b'IHDR', header) + b''.join(chunk(*c) for c in chunks)
                + chunk(b'IDAT', zlib.compress(data)) + chunk(b'IEND', b''))

        """
}

/// The checksums of a PNG file's chunks.
package enum PNGSums {
    /// The same file with a valid checksum after every complete chunk.
    package static func right(in file: [UInt8]) -> [UInt8] {
        var bytes = file, position = 8
        while position + 12 <= bytes.count {
            let length = bytes[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }, end = position + 8 + length
            guard end + 4 <= bytes.count else { break }
            let sum = crc32(bytes[position + 4..<end])
            for index in 0..<4 { bytes[end + index] = UInt8(truncatingIfNeeded: sum >> UInt32(24 - 8 * index)) }
            position = end + 4
        }
        return bytes
    }

    private static func crc32(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        ~bytes.reduce(UInt32.max) { sum, byte in
            (0..<8).reduce(sum ^ UInt32(byte)) { sum, _ in sum >> 1 ^ (sum & 1 == 1 ? 0xEDB8_8320 : 0) }
        }
    }
}
