import Foundation
import TensorBoard
import TestSupport
import Testing

/// The bytes of event files: records, checksums, and what is kept of them.
@Suite struct EventFileTests {
    private let folder = try! TemporaryFolder()

    private func bytes() throws -> [UInt8] { try folder.bytes(of: EventFile.name) }

    private func write(steps: Range<Int>, through step: Int = 0) throws {
        let file = try EventFile(folder: folder.path, through: step)
        for step in steps { try file.append([("loss", Double(step))], at: step) }
    }

    /// The steps of the whole records, in the order of the file, checked by Python alone.
    private func steps() throws -> String {
        let script = """
            import struct
            def crc(d):
                c = 0xFFFFFFFF
                for b in d:
                    c ^= b
                    for _ in range(8): c = c >> 1 ^ (0x82F63B78 if c & 1 else 0)
                c ^= 0xFFFFFFFF
                return ((c >> 15 | c << 17) + 0xA282EAD8) & 0xFFFFFFFF
            d, p, out = open('\(EventFile.name)', 'rb').read(), 0, []
            while p < len(d):
                n, = struct.unpack('<Q', d[p:p+8]); e = d[p+12:p+12+n]
                assert struct.unpack('<I', d[p+8:p+12])[0] == crc(d[p:p+8])
                assert struct.unpack('<I', d[p+12+n:p+16+n])[0] == crc(e)
                # A wall time of nine bytes, then the step, if it is not 0, as a small varint behind the byte 16.
                out.append(e[10] if len(e) > 9 and e[9] == 16 else 0); p += 16 + n
            print(*out)
            """
        return try Python.run(script, in: folder).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    @Test func recordsHaveTheirChecksums() throws {
        try write(steps: 1..<4)
        #expect(try steps() == "0 1 2 3")
    }

    /// A run that goes on from step 2 has each step once, whatever came after it before.
    @Test func theFileIsCutBackToTheStep() throws {
        try write(steps: 1..<6)
        try write(steps: 3..<5, through: 2)
        #expect(try steps() == "0 1 2 3 4")
        let file = try EventFile(folder: folder.path, through: 100)
        try file.cutBack(to: 1)
        try file.append([("loss", 0)], at: 9)
        #expect(try steps() == "0 1 9")
    }

    /// A record that was cut off or damaged, and what follows it, is left out.
    @Test func damagedRecordsEndTheFile() throws {
        try write(steps: 1..<4)
        let whole = try bytes()
        for place in stride(from: 0, to: whole.count, by: 7) {
            try folder.write(Array(whole[..<place]), to: EventFile.name)
            try write(steps: 7..<8, through: 6)
            #expect(["0 7", "0 1 7", "0 1 2 7"].contains(try steps()))
            var wrong = whole
            wrong[place] ^= 0x55
            try folder.write(wrong, to: EventFile.name)
            try write(steps: 7..<8, through: 6)
            #expect(["0 7", "0 1 7", "0 1 2 7"].contains(try steps()))
        }
    }
}
