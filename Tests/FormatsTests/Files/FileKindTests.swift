import Formats
import TestSupport
import Testing

/// The files that people most often give by mistake, given to the reader of each format.
@Suite(.enabled(if: Python.has("numpy"), "needs numpy")) struct FileKindTests {
    let folder = try! files()

    private static func files() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        try Python.run(
            "import os, sys, gzip, zipfile\nos.chdir(sys.argv[1])\n" + ZipScript.functions + """
                def w(name, data): open(name, 'wb').write(data)
                a = npy(n.zeros((2, 3), 'u1'))
                w('lfs', b'version https://git-lfs.github.com/spec/v1\\noid sha256:' + b'0' * 64 + b'\\nsize 4154321\\n')
                w('page', b'<!DOCTYPE html><html><body>404</body></html>'); w('page2', b'\\xef\\xbb\\xbf\\n <HTML lang=en>')
                w('page3', b'<?xml version="1.0"?><Error><Code>NoSuchKey</Code></Error>'); w('empty', b'')
                archive('torch', [(b'archive/data.pkl', b'\\x80\\x02}q\\0.'), (b'archive/data/0', bytes(9))], method=0)
                w('pickle', b'\\x80\\x04\\x95' + bytes(20)); archive('npz', [(b'a.npy', a)]); w('npy', a)
                w('gzip', gzip.compress(a, mtime=0)); w('xz', b'\\xfd7zXZ\\0' + bytes(50))
                w('hdf5', b'\\x89HDF\\r\\n\\x1a\\n' + bytes(50))
                w('hdf4', b'\\x0e\\x03\\x13\\x01' + bytes(50)); w('grib', b'GRIB' + bytes(50)); w('netcdf', b'CDF\\x02' + bytes(50))
                w('jpeg', b'\\xff\\xd8\\xff\\xe0' + bytes(50))
                """, [folder.path])
        #expect(try Command.run("zstd", ["-q", folder.file("npy"), "-o", folder.file("zstd")]).status == 0)
        try folder.write(SafetensorsFile(tensors: []).encoded(), to: "safetensors")
        return folder
    }

    private static let sentences: [(name: String, kind: String, advice: String)] = [
        ("lfs", "a Git LFS pointer", "git lfs pull"), ("page", "a web page", "download the file itself"),
        ("page2", "a web page", "download"), ("page3", "a web page", "download"),
        ("empty", "empty", "copy or make it again"),
        ("torch", "a file of torch.save", "safetensors.torch.save_file"), ("pickle", "a Python pickle", "numpy.save"),
        ("npz", "an archive of .npy arrays", "name it .npz"), ("npy", "a .npy array", "array is asked for"),
        ("gzip", "compressed with gzip", "gunzip"), ("xz", "compressed with xz", "unxz"),
        ("hdf5", "an HDF5 file", "h5py"), ("hdf4", "an HDF4 file", "h4toh5"), ("grib", "a GRIB file", "cdo"),
        ("netcdf", "a NetCDF file of version 3", "nccopy"),
        ("jpeg", "a JPEG file", "PNG"), ("zstd", "compressed with zstd", "zstd -d"),
        ("safetensors", "a safetensors file", "convlstm-dist import"),
    ]

    private func check(_ wanted: String, except: [String] = [], _ read: (String) throws -> Void) throws {
        for (name, kind, advice) in Self.sentences where !except.contains(name) {
            let path = folder.file(name), error = #expect(throws: FormatError.self, "\(name)") { try read(path) }
            #expect(
                error?.description.hasPrefix("\(path) is \(kind)") == true, "\(wanted): \(String(describing: error))")
            #expect(error?.description.contains(advice) == true, "\(wanted): \(String(describing: error))")
        }
    }

    @Test func everyReaderNamesWhatItIsGiven() throws {
        let scratch = folder.path
        try check(".npy", except: ["npy"]) { _ = try NpyFile(path: $0, scratchFolder: scratch) }
        try check("PNG") { _ = try PNGFile.read($0) }
        try check("PNG extents") { _ = try PNGFile.extents(of: $0) }
        try check("HDF5", except: ["hdf5"]) { _ = try HDF5File(path: $0) }
        try check("idx", except: ["gzip"]) { _ = try IdxImages(path: $0) }
        try check("safetensors", except: ["safetensors"]) {
            _ = try SafetensorsFile(decoding: InputFile(path: $0).bytes(), file: $0)
        }
        try check("zstd", except: ["zstd"]) { path in
            let bytes = try InputFile(path: path).bytes()
            _ = try Zstd.decompress(bytes.span, limit: 9999, file: path)
        }
        try check("seekable zstd", except: ["zstd"]) { _ = try SeekableZstdFile(path: $0) }
    }

    @Test func archivesAreNotZipFilesByName() throws {
        for (name, kind, _) in Self.sentences where !["npz", "torch"].contains(name) {
            let path = folder.file(name + ".npz")
            try folder.write(folder.bytes(of: name), to: name + ".npz")
            let error = #expect(throws: FormatError.self) { try NpyFile(path: path, scratchFolder: folder.path) }
            #expect(error?.description.hasPrefix("\(path) is \(kind)") == true, "\(String(describing: error))")
        }
    }
}
