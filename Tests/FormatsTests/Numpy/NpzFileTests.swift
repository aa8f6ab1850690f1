import Formats
import Foundation
import TestSupport
import Testing

@Suite struct NpzFileTests {
    private let folder = try! TemporaryFolder()

    private func entry(_ name: String, _ shape: [Int], _ type: NpyHeader.ElementType = .float32) -> NpzFile.Entry {
        let header = NpyHeader(type: type, shape: shape)
        return NpzFile.Entry(
            name: name, header: header, bytes: (0..<header.byteCount).map { UInt8(truncatingIfNeeded: $0 * 37) }[...])
    }

    @Test func whatIsWrittenIsReadBack() throws {
        let path = folder.file("x.npz")
        let entries = [entry("first.weight", [2, 3, 1]), entry("größe", [5], .uint8), entry("empty", [0])]
        try NpzFile.write(entries, to: path)
        #expect(try NpzFile.names(in: path) == Set(entries.map(\.name)))
        for entry in entries {
            let read = try NpzFile.array(entry.name, in: path, scratchFolder: folder.path)
            #expect(read.header == entry.header && read.bytes.elementsEqual(entry.bytes))
        }
    }

    @Test(.enabled(if: Python.has("numpy"), "needs numpy")) func numpyReadsTheSame() throws {
        try NpzFile.write([entry("a.b", [2, 3]), entry("größe", [70_000], .uint8)], to: folder.file("x.npz"))
        let printed = try Python.run(
            """
            import numpy, zipfile
            assert zipfile.ZipFile('x.npz').testzip() is None
            arrays = numpy.load('x.npz')
            print(sorted(arrays), arrays['a.b'].dtype, arrays['a.b'].shape, list(arrays['a.b'].tobytes()[:3]), arrays['größe'].sum())
            """, in: folder)
        let sum = (0..<70_000).reduce(0) { $0 + ($1 * 37) % 256 }
        #expect(printed == "['a.b', 'größe'] float32 (2, 3) [0, 37, 74] \(sum)\n")
    }
}
