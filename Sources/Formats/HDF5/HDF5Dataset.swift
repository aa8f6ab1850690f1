// An array in an HDF5 file. The choice: what libhdf5 would refuse in the middle of reading (filters, types, sizes) is refused
// when the array is opened, in words about the file.

import CHDF5
import Foundation

/// An array of numbers in an HDF5 file.
package final class HDF5Dataset: StoredArray, @unchecked Sendable {
    package let name: String
    package let shape: [Int]
    package let type: NumberType
    package let chunk: [Int]?
    private let file: HDF5File
    private let id: hid_t

    package var path: String { file.path }

    /// The largest piece of a file that is unpacked at once, and the largest memory for unpacked pieces.
    private static let mostChunk = 1 << 30, mostCache = 128 << 20

    init(of file: HDF5File, name: String, _ hdf5: HDF5Library) throws {
        let plain = try hdf5.identifier(hdf5.c.H5Dopen2(file.id, name, 0), "read")
        defer { _ = hdf5.c.H5Dclose(plain) }
        (self.file, self.name) = (file, name)
        shape = try hdf5.using(hdf5.c.H5Dget_space(plain), hdf5.c.H5Sclose, "read") { try hdf5.extents($0, name) }
        type = try hdf5.using(hdf5.c.H5Dget_type(plain), hdf5.c.H5Tclose, "read") { try hdf5.numberType($0, name) }
        let (rank, size) = (shape.count, type.size)
        chunk = try hdf5.using(hdf5.c.H5Dget_create_plist(plain), hdf5.c.H5Pclose, "read") { properties in
            try hdf5.checkFilters(properties, name)
            return hdf5.c.H5Pget_layout(properties) == H5D_CHUNKED ? try hdf5.chunk(properties, rank) : nil
        }
        let bytes = try chunk.map { try hdf5.checkedBytes($0, size, name, atMost: Self.mostChunk) } ?? 0
        let cache = Self.cache(shape: shape, chunk: chunk, bytes: bytes)
        id = try hdf5.using(
            hdf5.c.H5Pcreate(hdf5.predefined("H5P_CLS_DATASET_ACCESS_ID_g")), hdf5.c.H5Pclose, "read"
        ) { access in
            // What is unpacked stays for the next part, which mostly lies in the same pieces.
            try hdf5.check(hdf5.c.H5Pset_chunk_cache(access, 12_421, cache, 1), "read")
            return try hdf5.identifier(hdf5.c.H5Dopen2(file.id, name, access), "read")
        }
    }

    /// Memory for all pieces that a plane across the longest axis meets, within limits.
    private static func cache(shape: [Int], chunk: [Int]?, bytes: Int) -> Int {
        guard let chunk else { return 1 << 20 }
        let counts = zip(shape, chunk).map { ($0 + $1 - 1) / $1 }
        let across = counts.reduce(1.0) { $0 * Double(max(1, $1)) } / Double(max(1, counts.max() ?? 1))
        return Int(min(Double(mostCache), max(Double(1 << 20), across * Double(bytes))))
    }

    package func read(
        from start: [Int], count: [Int], as type: NumberType, into bytes: inout MutableSpan<UInt8>
    ) throws {
        check(start, count, type, bytes)
        if bytes.count == 0 { return }
        let id = id
        try bytes.withUnsafeMutableBytes { bytes in
            try HDF5Library.run(on: path) { hdf5 in
                try hdf5.using(type) { numbers in
                    try hdf5.using(hdf5.c.H5Dget_space(id), hdf5.c.H5Sclose, "read") { space in
                        guard !start.isEmpty else {
                            try hdf5.check(hdf5.c.H5Dread(id, numbers, 0, 0, 0, bytes.baseAddress), "read")
                            return
                        }
                        let first = start.map { hsize_t($0) }, extents = count.map { hsize_t($0) }
                        try hdf5.check(
                            hdf5.c.H5Sselect_hyperslab(space, H5S_SELECT_SET, first, nil, extents, nil), "read")
                        try hdf5.using(
                            hdf5.c.H5Screate_simple(Int32(count.count), extents, nil), hdf5.c.H5Sclose, "read"
                        ) { memory in
                            try hdf5.check(hdf5.c.H5Dread(id, numbers, memory, space, 0, bytes.baseAddress), "read")
                        }
                    }
                }
            }
        }
    }

    deinit {
        let id = id
        _ = try? HDF5Library.run(on: path) { $0.c.H5Dclose(id) }
    }
}

extension HDF5Library {
    /// The extents of an array.
    fileprivate func extents(_ space: hid_t, _ name: String) throws -> [Int] {
        let rank = Int(try check(c.H5Sget_simple_extent_ndims(space), "read"))
        var extents = [hsize_t](repeating: 0, count: max(1, rank))
        try check(c.H5Sget_simple_extent_dims(space, &extents, nil), "read")
        let shape = extents.prefix(rank).map { Int(clamping: $0) }
        // What the extents make is asked for in parts; that all of it can be numbered is enough.
        guard shape.reduce(8.0, { $0 * Double(max(1, $1)) }) < 0x1p62 else {
            throw FormatError(
                file: file, problem: "has \(name.quotable) of the impossible shape \(shape)",
                advice: "copy or make it again")
        }
        return shape
    }

    /// The type of numbers of an array.
    fileprivate func numberType(_ type: hid_t, _ name: String) throws -> NumberType {
        func refused(_ what: String, _ advice: String) -> FormatError {
            FormatError(file: file, problem: "has \(name.quotable) of \(what)", advice: advice)
        }
        let size = c.H5Tget_size(type)
        switch c.H5Tget_class(type) {
        case H5T_INTEGER, H5T_ENUM:
            let number = c.H5Tget_class(type) == H5T_ENUM ? try enumerated(type) : type
            defer { if number != type { _ = c.H5Tclose(number) } }
            let sign = c.H5Tget_sign(number) == H5T_SGN_2 ? "int" : "uint"
            if let found = NumberType(rawValue: "\(sign)\(size * 8)") { return found }
            throw refused("integers of \(size) bytes", "write it as int32")
        case H5T_FLOAT:
            if let found = NumberType(rawValue: "float\(size * 8)"), size > 2 || isHalf(type) { return found }
            throw refused("floats of \(size) bytes", "write it as float32")
        case H5T_STRING: throw refused("texts", "name a dataset of numbers")
        case H5T_COMPOUND:
            throw refused("records (a compound type)", "write the field with the frames as a dataset of its own")
        case H5T_REFERENCE: throw refused("references", "name a dataset of numbers")
        case H5T_VLEN: throw refused("lists of varying length", "name a dataset of numbers")
        case H5T_ARRAY: throw refused("arrays as elements", "write them as axes of the dataset")
        default: throw refused("a type that holds no numbers", "name a dataset of numbers")
        }
    }

    /// The type of integers behind names for some of them, such as h5py's bool.
    private func enumerated(_ type: hid_t) throws -> hid_t { try identifier(c.H5Tget_super(type), "read") }

    /// Whether a float of two bytes is that of IEEE 754.
    private func isHalf(_ type: hid_t) -> Bool {
        var fields = [Int](repeating: 0, count: 5)
        return fields.withUnsafeMutableBufferPointer { fields in
            let start = fields.baseAddress!
            guard c.H5Tget_fields(type, start, start + 1, start + 2, start + 3, start + 4) >= 0 else { return false }
            return Array(fields) == [15, 10, 5, 0, 10]
        }
    }

    fileprivate func chunk(_ properties: hid_t, _ rank: Int) throws -> [Int] {
        var extents = [hsize_t](repeating: 0, count: max(1, rank))
        try check(c.H5Pget_chunk(properties, Int32(rank), &extents), "read")
        return extents.prefix(rank).map { Int(clamping: $0) }
    }

    /// The bytes of a piece of these extents.
    fileprivate func checkedBytes(_ chunk: [Int], _ size: Int, _ name: String, atMost limit: Int) throws -> Int {
        let bytes = chunk.reduce(Double(size)) { $0 * Double($1) }
        guard bytes <= Double(limit), !chunk.contains(0) else {
            throw FormatError(
                file: file, problem: "has \(name.quotable) in pieces of \(chunk), more than \(limit) bytes each",
                advice: "write it in smaller chunks, as with h5repack -l CHUNK=...")
        }
        return Int(bytes)
    }

    /// Throws if the pieces went through a filter that the library does not have.
    fileprivate func checkFilters(_ properties: hid_t, _ name: String) throws {
        for index in 0..<UInt32(max(0, c.H5Pget_nfilters(properties))) {
            var flags: UInt32 = 0, values = 0, label = [CChar](repeating: 0, count: 64), configuration: UInt32 = 0
            let filter = c.H5Pget_filter2(properties, index, &flags, &values, nil, label.count, &label, &configuration)
            try check(filter, "read")
            guard c.H5Zfilter_avail(filter) <= 0 else { continue }
            let known = Self.filters[filter]
            throw FormatError(
                file: file,
                problem:
                    "has \(name.quotable) compressed with \(known.map { "\($0) (filter \(filter))" } ?? "filter \(filter)"), "
                    + "which this libhdf5 lacks",
                advice: "set HDF5_PLUGIN_PATH to a folder with its plugin, or write it again with gzip")
        }
    }

    /// The filters that are registered with the HDF Group and that weather data and h5py use.
    private static let filters: [Int32: String] = [
        1: "gzip", 4: "szip", 305: "LZO", 307: "bzip2", 32000: "LZF", 32001: "blosc", 32004: "LZ4", 32008: "bitshuffle",
        32013: "ZFP", 32015: "zstd", 32026: "blosc2",
    ]
}
