import Formats
import Foundation
import TestSupport
import Testing

/// Zarr folders put together by hand, as the specifications say.
@Suite struct ZarrStoreTests {
    let folder = try! TemporaryFolder()

    private func write(_ text: String, to name: String) throws { try write(Array(text.utf8), to: name) }

    private func write(_ bytes: [UInt8], to name: String) throws {
        let place = URL(fileURLWithPath: folder.file(name)).deletingLastPathComponent().path
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        try folder.write(bytes, to: name)
    }

    /// Version 2: (3, 5) of uint16 in chunks of (2, 3), of which one is not there.
    private func old(_ change: (String) -> String = { $0 }) throws -> ZarrStore {
        try write(#"{"zarr_format": 2}"#, to: "z/.zgroup")
        let text = """
            {"zarr_format": 2, "shape": [3, 5], "chunks": [2, 3], "dtype": "<u2", "compressor": {"id": "zstd", "level": 1},
             "fill_value": 9, "order": "C", "filters": null}
            """
        try write(change(text), to: "z/a/.zarray")
        try write(
            #"{"units": "mm", "_ARRAY_DIMENSIONS": ["y", "x"], "limits": [1, NaN], "on": true}"#, to: "z/a/.zattrs")
        let chunk = (0..<6).flatMap { [UInt8($0), 1] as [UInt8] }
        for name in ["0.0", "0.1", "1.0"] { try write(Zstd.compress(chunk.span), to: "z/a/\(name)") }
        return try ZarrStore(path: folder.file("z"))
    }

    @Test func chunksAndHolesAreRead() throws {
        let store = try old(), names = try store.names()
        #expect(names.arrays == ["a"] && names.groups.isEmpty)
        #expect(
            try store.numbers(of: "a") == [256, 257, 258, 256, 257, 259, 260, 261, 259, 260, 256, 257, 258, 9, 9])
        let array = try store.array("a")
        var bytes = [UInt8](repeating: 0, count: 8), span = bytes.mutableSpan
        try array.read(from: [1, 2], count: [2, 2], as: .uint16, into: &span)
        #expect(bytes == [5, 1, 3, 1, 2, 1, 9, 0])
        let said = try store.attributes(of: "a")
        #expect(said["units"]?.text == "mm" && said["_FillValue"]?.number == 9 && said["on"]?.text == "true")
        #expect(try store.axes(of: "a") == ["y", "x"])
    }

    @Test func columnsFirstAndBigEndian() throws {
        let store = try old { $0.replacing("\"C\"", with: "\"F\"").replacing("<u2", with: ">u2") }
        #expect(try store.numbers(of: "a").prefix(5) == [1, 513, 1025, 1, 513])
    }

    /// Version 3: (4) of float32 in chunks of 3, where nothing is NaN.
    @Test func theNewVersionIsRead() throws {
        try write(
            #"{"zarr_format": 3, "node_type": "group", "attributes": {"Conventions": "CF-1.8"}}"#, to: "n/zarr.json")
        let text = """
            {"zarr_format": 3, "node_type": "array", "shape": [4], "data_type": "float32", "fill_value": "NaN",
             "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [3]}},
             "chunk_key_encoding": {"name": "default", "configuration": {"separator": "/"}},
             "codecs": [{"name": "bytes", "configuration": {"endian": "little"}}, {"name": "zstd", "configuration": {}}],
             "attributes": {"_FillValue": "AAAAAAAA8L8="}, "dimension_names": ["t"]}
            """
        try write(text, to: "n/g/v/zarr.json")
        try write(#"{"zarr_format": 3, "node_type": "group"}"#, to: "n/g/zarr.json")
        let chunk = [Float(1), 2, 3].withUnsafeBytes { [UInt8]($0) }
        try write(Zstd.compress(chunk.span), to: "n/g/v/c/0")
        let store = try ZarrStore(path: folder.file("n")), numbers = try store.numbers(of: "g/v")
        #expect(numbers.prefix(3) == [1, 2, 3] && numbers[3].isNaN)
        #expect(try store.names().groups == ["g"] && store.axes(of: "g/v") == ["t"])
        #expect(try store.attributes(of: "g/v")["_FillValue"]?.number == -1)
        #expect(try store.attributes(of: "")["Conventions"]?.text == "CF-1.8")
    }

    @Test func whatIsNotReadIsNamed() throws {
        let cases: [(String, String, String)] = [
            ("\"zstd\"", "\"blosc\"", "packed with blosc"), ("\"<u2\"", "\"|S3\"", "not numbers"),
            ("\"filters\": null", "\"filters\": [{\"id\": \"delta\"}]", "packed with delta"),
            ("[3, 5]", "[3]", "shape and chunks"),
            ("[2, 3]", "[2, 0]", "chunks of [2, 0]"), ("[3, 5]", "[9e18, 9e18]", "shape"),
            ("[2, 3]", "[99999, 99999]", "smaller chunks"),
            ("\"fill_value\": 9", "\"fill_value\": \"x\"", "fill_value"), ("{", "(", "is not JSON"),
        ]
        for (from, to, phrase) in cases {
            let error = #expect(throws: FormatError.self, "\(to)") {
                _ = try old { $0.replacing(from, with: to) }.array("a")
            }
            #expect(error?.description.contains(phrase) == true, "\(to): \(String(describing: error))")
        }
        let error = #expect(throws: FormatError.self) { try old().array("b") }
        #expect(error?.description.contains("it has a") == true)
    }

    /// A damaged chunk is refused, whatever bit of it is flipped.
    @Test func damagedChunksAreFound() throws {
        let store = try old(), whole = try folder.bytes(of: "z/a/0.0")
        for place in whole.indices {
            var damaged = whole
            damaged[place] ^= 4
            try write(damaged, to: "z/a/0.0")
            do {
                let read = try ZarrStore(path: store.path).numbers(of: "a")
                #expect(read.prefix(3) == [256, 257, 258])
            } catch {
                #expect(DamageTrial.fault(of: error) == nil)
            }
        }
        try write([1, 2], to: "z/a/0.0")
        #expect(throws: FormatError.self) { try store.numbers(of: "a") }
    }
}
