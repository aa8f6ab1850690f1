import Formats
import TestSupport
import Testing

@Suite struct NpyFileTests {
    let folder = try! TemporaryFolder()

    /// Runs a numpy script that writes files in the folder; it starts with `import numpy as n`.
    private func numpy(_ script: String) throws {
        try Python.run("import numpy as n\n" + script, in: folder)
    }

    @Test(arguments: [[], [3], [2, 3], [20, 10000, 64, 64], [7, 0]]) func headersComeBack(shape: [Int]) throws {
        let header = NpyHeader(type: .float32, shape: shape)
        #expect(header.encoded.count % 64 == 0)
        try folder.write(header.encoded, to: "x.npy")
        let file = try InputFile(path: folder.file("x.npy"))
        let read = try NpyHeader.read(from: file)
        #expect(read.header == header)
        #expect(read.dataOffset == header.encoded.count)
    }

    @Test(.enabled(if: Python.has("numpy"), "needs numpy")) func numpyReadsOurs() throws {
        try NpyFile.write(
            [1, 2, 3, 4, 5, 6].span, header: .init(type: .uint8, shape: [2, 3]), to: folder.file("x.npy"))
        #expect(
            try Python.run("import numpy, sys; print(numpy.load(sys.argv[1]).tolist())", [folder.file("x.npy")])
                == "[[1, 2, 3], [4, 5, 6]]\n")
    }

    @Test(.enabled(if: Python.has("numpy"), "needs numpy"), arguments: 1...3) func weReadNumpys(version: Int) throws {
        try numpy(
            """
            a = n.arange(24, dtype='u1').reshape(2, 3, 4)
            n.lib.format.write_array(open('x.npy', 'wb'), a, version=(\(version), 0))
            """)
        let array = try folder.array("x.npy")
        #expect(array.header == NpyHeader(type: .uint8, shape: [2, 3, 4]))
        #expect(try array.bytes() == Array(0..<24))
    }

    @Test(.enabled(if: Python.has("numpy"), "needs numpy")) func otherArraysAreRefusedWithTheWayOut() throws {
        try numpy(
            """
            a = n.zeros((4, 3))
            n.save('object.npy', n.array([None, {}], dtype=object), allow_pickle=True)
            n.save('fortran.npy', n.asfortranarray(a))
            n.save('int64.npy', a.astype('i8'))
            n.save('records.npy', n.zeros(3, dtype=[('a', 'f4'), ('b', 'u1')]))
            n.savez('pair.npz', a=a, b=a)
            n.savez('named.npz', a=a); os.rename('named.npz', 'zip.npy')
            """)
        let expected = [
            "object.npy": "Python objects", "fortran.npy": "Fortran order",
            "int64.npy": "<i8", "records.npy": "records", "pair.npz": "arrays a, b", "zip.npy": "name it .npz",
        ]
        for (name, phrase) in expected {
            let error = #expect(throws: FormatError.self, "\(name)") { try folder.array(name) }
            #expect(error?.description.contains(phrase) == true, "\(name): \(String(describing: error))")
        }
    }

    @Test func impossibleShapesAreRefused() throws {
        for shape in ["(9223372036854775807, 9)", "(-1, 3)", "(a,)"] {
            let text = "{'descr': '<f4', 'fortran_order': False, 'shape': \(shape), }\n"
            let bytes = NpyHeader(type: .uint8, shape: []).encoded[..<8] + [UInt8(text.utf8.count), 0] + text.utf8
            try folder.write([UInt8](bytes), to: "x.npy")
            #expect(throws: FormatError.self) { try folder.array("x.npy") }
        }
    }

    @Test(.enabled(if: Python.has("numpy"), "needs numpy"), arguments: ["savez", "savez_compressed"])
    func membersOfArchivesAreRead(saver: String) throws {
        try numpy(
            """
            a = (n.arange(300_000) * 7 % 251).astype('u1').reshape(3, 100, 1000)
            n.\(saver)('x.npz', a, other=n.zeros(3))
            """)
        let array = try folder.array("x.npz", key: "arr_0")
        #expect(array.header.shape == [3, 100, 1000])
        #expect(try array.bytes() == (0..<300_000).map { UInt8($0 * 7 % 251) })
        #expect(try folder.names == ["x.npz"])
    }

    @Test(.enabled(if: Python.has("numpy"), "needs numpy")) func damagedArchivesAreRefused() throws {
        try numpy("n.savez('stored.npz', n.arange(999.0)); n.savez_compressed('packed.npz', n.arange(999.0))")
        for name in ["stored.npz", "packed.npz"] {
            let whole = try folder.bytes(of: name)
            for position in [whole.count / 2, 300] {
                var damaged = whole
                damaged[position] ^= 4
                try folder.write(damaged, to: "x.npz")
                #expect(throws: FormatError.self) { try folder.array("x.npz") }
            }
            for count in stride(from: 0, to: whole.count, by: 37) {
                try folder.write([UInt8](whole[..<count]), to: "x.npz")
                #expect(throws: FormatError.self) { try folder.array("x.npz") }
            }
        }
    }
}
