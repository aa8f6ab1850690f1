import Formats
import Foundation
import TestSupport
import Testing

/// Files of h5py, by which most HDF5 files of science are made, and ours in its hands.
@Suite(.enabled(if: PeerPython.hasArchives, "needs CONVLSTM_PYTHON")) struct HDF5PeerTests {
    let folder = try! TemporaryFolder()

    private func h5py(_ script: String) throws {
        try PeerPython.run("import h5py, numpy as n\nf = h5py.File('x.h5', 'w')\n" + script, in: folder)
    }

    /// The bytes of a part of an array, and those that numpy made of it in out.bin.
    private func compare(_ name: String, from start: [Int], count: [Int]) throws {
        let array = try HDF5File(path: folder.file("x.h5")).dataset(name)
        var bytes = [UInt8](repeating: 0, count: count.reduce(array.type.size, *)), span = bytes.mutableSpan
        try array.read(from: start, count: count, as: array.type, into: &span)
        #expect(bytes == (try folder.bytes(of: "\(name).bin")), "\(name)")
    }

    @Test func allTypesAreReadByteForByte() throws {
        let types = [
            "u1", "i1", "<u2", ">u2", "<i2", ">i2", "<u4", "<i4", ">i4", "<u8", "<i8", "<f2", ">f2", "<f4", ">f4",
            "<f8", ">f8",
            "?",
        ]
        try h5py(
            """
            for i, t in enumerate(\(types)):
                a = (n.arange(2*3*4) * 11 % 127).reshape(2, 3, 4).astype(t)
                f.create_dataset(f'a{i}', data=a)
                a.astype(n.dtype(t).newbyteorder('<'))[:, 1:3, 1:4].tofile(f'a{i}.bin')
            """)
        for index in types.indices { try compare("a\(index)", from: [0, 1, 1], count: [2, 2, 3]) }
    }

    @Test(arguments: [
        "", "chunks=(2, 5, 3)", "chunks=(2, 5, 3), compression='gzip'",
        "chunks=(1, 9, 8), compression='gzip', shuffle=True, fletcher32=True",
        "chunks=(3, 9, 8), maxshape=(None, 9, 8)",
    ])
    func allLayoutsAreRead(layout: String) throws {
        try h5py(
            """
            a = (n.arange(7*9*8) * 7 % 1009).reshape(7, 9, 8).astype('<i4')
            f.create_dataset('a', data=a\(layout.isEmpty ? "" : ", " + layout)); a[2:6, 3:9, 1:7].tofile('a.bin')
            """)
        try compare("a", from: [2, 3, 1], count: [4, 6, 6])
    }

    @Test func attributesOfAllKindsAreRead() throws {
        try h5py(
            """
            d = f.create_dataset('d', data=n.zeros((2, 2)))
            d.attrs['long'] = 'variable'; d.attrs['fixed'] = n.bytes_('fixed'); d.attrs['list'] = n.array([b'a', b'bc'])
            d.attrs['words'] = ['x', 'yz']; d.attrs['number'] = n.float32(0.5); d.attrs['big'] = n.array([7], '>i2')
            d.attrs['flag'] = True; d.attrs['none'] = h5py.Empty('f'); d.attrs['reference'] = d.ref
            """)
        let said = try HDF5File(path: folder.file("x.h5")).attributes(of: "d")
        #expect(said["long"]?.text == "variable" && said["fixed"]?.text == "fixed")
        #expect(said["list"] == .texts(["a", "bc"]) && said["words"] == .texts(["x", "yz"]))
        #expect(said["number"]?.number == 0.5 && said["big"]?.number == 7 && said["flag"]?.number == 1)
        #expect(said["reference"] == nil)
    }

    @Test func whatHoldsNoPicturesIsRefusedInASentence() throws {
        try h5py(
            """
            f['text'] = n.array([[b'a', b'b']]); f['words'] = 'words'
            f['records'] = n.zeros((2, 2), dtype=[('a', 'f4'), ('b', 'u1')])
            f.create_dataset('lists', (2,), dtype=h5py.vlen_dtype('i4'))
            f.create_dataset('lzf', data=n.zeros((8, 8)), compression='lzf'); f['link'] = h5py.ExternalLink('gone.h5', '/a')
            f['soft'] = h5py.SoftLink('/nowhere'); f['complex'] = n.zeros((2, 2), 'c8')
            f.create_dataset('wide', (4, 200000, 1000), chunks=(4, 200000, 1000), dtype='f4')
            """)
        let file = try HDF5File(path: folder.file("x.h5"))
        for (name, phrase) in [
            ("text", "texts"), ("words", "texts"), ("records", "compound"), ("lists", "varying length"),
            ("lzf", "compressed with LZF (filter 32000)"), ("link", "gone.h5"), ("soft", "link that leads nowhere"),
            ("complex", "compound"),
            ("wide", "smaller chunks"),
        ] {
            let error = #expect(throws: FormatError.self, "\(name)") { try file.dataset(name) }
            #expect(error?.description.contains(phrase) == true, "\(name): \(String(describing: error))")
            if let error { #expect(DamageTrial.fault(of: error) == nil) }
        }
    }

    @Test func linksAreFollowed() throws {
        try h5py(
            """
            with h5py.File('other.h5', 'w') as o: o['b'] = n.arange(6).reshape(2, 3)
            f['a'] = h5py.ExternalLink('other.h5', '/b'); f['s'] = h5py.SoftLink('/a'); f['loop/up'] = h5py.SoftLink('/')
            """)
        let file = try HDF5File(path: folder.file("x.h5"))
        #expect(try file.numbers(of: "a") == [0, 1, 2, 3, 4, 5] && file.numbers(of: "s") == file.numbers(of: "a"))
        #expect(try file.names().arrays.contains("a"))
    }

    @Test func h5pyReadsOurs() throws {
        let writer = try HDF5Writer(path: folder.file("x.h5"))
        try writer.addArray("a", shape: [2, 3], type: .uint16, chunk: [1, 3], fill: 9)
        try writer.write([1, 0, 2, 0, 3, 1].span, to: "a", type: .uint16, start: [1, 0], count: [1, 3])
        try writer.addArray("t", [0, 1], type: .int32)
        try writer.addArray("x", [0, 1, 2], type: .float64)
        try writer.attach(["t", "x"], to: "a")
        try writer.setAttribute("name", of: "a", to: .text("ü"))
        try writer.commit()
        let out = try PeerPython.run(
            """
            import h5py
            f = h5py.File('x.h5'); a = f['a']
            print(a[:].tolist(), a.attrs['name'] if isinstance(a.attrs['name'], str) else a.attrs['name'].decode())
            print([list(d.keys()) for d in a.dims], f['t'].is_scale, f['x'].attrs['REFERENCE_LIST'][0][1])
            """, in: folder)
        #expect(out == "[[9, 9, 9], [1, 2, 259]] ü\n[['t'], ['x']] True 1\n", "\(out)")
    }
}
