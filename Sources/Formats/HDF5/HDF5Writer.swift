// Writes HDF5 files that appear complete or not at all. The choice: groups, arrays in deflated chunks, attributes and dimension
// scales, which is all that ODIM and NetCDF-4 are made of; the scales by hand, since that needs no second library.

import CHDF5
import Foundation

/// An HDF5 file being written. It gets its name when `commit` returns; without a commit nothing is left behind.
package final class HDF5Writer {
    package let path: String
    private let temporary: String
    private var id: hid_t = -1
    /// For each scale the arrays along it, with the number of their axis.
    private var attached: [String: [(array: String, axis: Int)]] = [:]
    private var isCommitted = false

    /// The value of an attribute.
    package enum Attribute {
        case text(String)
        case number(Double, NumberType)
        case numbers([Double], NumberType)
    }

    /// Throws `FormatError` if the folder is missing or not writable.
    package init(path: String) throws {
        self.path = path
        temporary = Leftovers.newName(for: path)
        // The system's reason for a folder that cannot be written to is better than the library's.
        close(try checkedCall("written", on: path) { open(temporary, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666) })
        id = try HDF5Library.run(on: path) { hdf5 in
            try hdf5.using(hdf5.c.H5Pcreate(hdf5.predefined("H5P_CLS_FILE_CREATE_ID_g")), hdf5.c.H5Pclose, "written") {
                // NetCDF numbers what is in a group by the order in which it was made.
                try hdf5.check(hdf5.c.H5Pset_link_creation_order($0, UInt32(CHDF5_ORDERED)), "written")
                return try hdf5.identifier(hdf5.c.H5Fcreate(temporary, UInt32(CHDF5_TRUNCATE), $0, 0), "written")
            }
        }
    }

    /// Makes a group; the groups above it must be there.
    package func addGroup(_ name: String) throws {
        try HDF5Library.run(on: path) { hdf5 in
            _ = hdf5.c.H5Gclose(try hdf5.identifier(hdf5.c.H5Gcreate2(id, name, 0, 0, 0), "written"))
        }
    }

    /// Makes an array.
    ///
    /// - Parameters:
    ///   - chunk: the extents of its pieces, which are deflated; nil for an array in one piece.
    ///   - fill: the number of elements that are never written.
    package func addArray(
        _ name: String, shape: [Int], type: NumberType, chunk: [Int]? = nil, fill: Double? = nil
    ) throws {
        try HDF5Library.run(on: path) { hdf5 in
            try hdf5.using(hdf5.c.H5Pcreate(hdf5.predefined("H5P_CLS_DATASET_CREATE_ID_g")), hdf5.c.H5Pclose, "written")
            {
                properties in
                try hdf5.using(type) { numbers in
                    if let chunk {
                        try hdf5.check(
                            hdf5.c.H5Pset_chunk(properties, Int32(chunk.count), chunk.map { hsize_t($0) }), "written")
                        try hdf5.check(hdf5.c.H5Pset_shuffle(properties), "written")
                        try hdf5.check(hdf5.c.H5Pset_deflate(properties, 4), "written")
                    }
                    if let fill, let bytes = type.bytes(of: fill) {
                        try hdf5.check(hdf5.c.H5Pset_fill_value(properties, numbers, bytes), "written")
                    }
                    try hdf5.space(shape) { space in
                        let array = hdf5.c.H5Dcreate2(id, name, numbers, space, 0, properties, 0)
                        _ = hdf5.c.H5Dclose(try hdf5.identifier(array, "written"))
                    }
                }
            }
        }
    }

    /// Writes a part of an array, in the array's own type.
    package func write(_ bytes: Span<UInt8>, to name: String, type: NumberType, start: [Int], count: [Int]) throws {
        precondition(bytes.count == count.reduce(type.size, *), "\(bytes.count) bytes for \(count) of \(type)")
        try bytes.withUnsafeBytes { bytes in
            try HDF5Library.run(on: path) { hdf5 in
                try hdf5.using(hdf5.c.H5Dopen2(id, name, 0), hdf5.c.H5Dclose, "written") { array in
                    try hdf5.using(hdf5.c.H5Dget_space(array), hdf5.c.H5Sclose, "written") { space in
                        let first = start.map { hsize_t($0) }, extents = count.map { hsize_t($0) }
                        if !start.isEmpty {
                            try hdf5.check(
                                hdf5.c.H5Sselect_hyperslab(space, H5S_SELECT_SET, first, nil, extents, nil), "written")
                        }
                        try hdf5.space(count) { memory in
                            try hdf5.using(type) { numbers in
                                try hdf5.check(
                                    hdf5.c.H5Dwrite(array, numbers, memory, space, 0, bytes.baseAddress), "written")
                            }
                        }
                    }
                }
            }
        }
    }

    /// Writes a whole array of a few numbers.
    package func addArray(_ name: String, _ numbers: [Double], type: NumberType) throws {
        try addArray(name, shape: [numbers.count], type: type)
        let bytes = numbers.flatMap { type.bytes(of: $0) ?? [UInt8](repeating: 0, count: type.size) }
        try write(bytes.span, to: name, type: type, start: [0], count: [numbers.count])
    }

    /// Says something of an array or a group; the root is "".
    package func setAttribute(_ name: String, of object: String, to value: Attribute) throws {
        try HDF5Library.run(on: path) { hdf5 in
            try hdf5.using(hdf5.c.H5Oopen(id, object.isEmpty ? "/" : object, 0), hdf5.c.H5Oclose, "written") { object in
                switch value {
                case .text(let text):
                    let bytes = Array(text.utf8) + [0]
                    try hdf5.using(hdf5.c.H5Tcopy(hdf5.predefined("H5T_C_S1_g")), hdf5.c.H5Tclose, "written") { type in
                        try hdf5.check(hdf5.c.H5Tset_size(type, bytes.count), "written")
                        if bytes.contains(where: { $0 > 127 }) {
                            try hdf5.check(hdf5.c.H5Tset_cset(type, H5T_CSET_UTF8), "written")
                        }
                        try hdf5.setAttribute(name, of: object, type, [], bytes)
                    }
                case .number(let number, let type):
                    try hdf5.using(type) {
                        try hdf5.setAttribute(name, of: object, $0, [], type.bytes(of: number) ?? [])
                    }
                case .numbers(let numbers, let type):
                    let bytes = numbers.flatMap { type.bytes(of: $0) ?? [] }
                    try hdf5.using(type) { try hdf5.setAttribute(name, of: object, $0, [numbers.count], bytes) }
                }
            }
        }
    }

    /// Makes arrays of one axis the coordinates of the axes of another.
    ///
    /// Source: HDF5 Dimension Scale Specification and Design Notes.
    package func attach(_ scales: [String], to name: String) throws {
        for (axis, scale) in scales.enumerated() {
            if attached[scale] == nil {
                try setAttribute("CLASS", of: scale, to: .text("DIMENSION_SCALE"))
                try setAttribute("NAME", of: scale, to: .text(scale))
            }
            attached[scale, default: []].append((name, axis))
        }
        try HDF5Library.run(on: path) { hdf5 in
            var references = try scales.map { try hdf5.reference(to: $0, in: id) }
            try references.withUnsafeMutableBufferPointer { references in
                let lists = references.indices.map { hvl_t(len: 1, p: references.baseAddress! + $0) }
                try hdf5.using(
                    hdf5.c.H5Tvlen_create(hdf5.predefined("H5T_STD_REF_OBJ_g")), hdf5.c.H5Tclose, "written"
                ) { type in
                    try hdf5.using(hdf5.c.H5Oopen(id, name, 0), hdf5.c.H5Oclose, "written") { object in
                        try lists.withUnsafeBytes {
                            try hdf5.setAttribute("DIMENSION_LIST", of: object, type, [scales.count], Array($0))
                        }
                    }
                }
            }
        }
    }

    /// Says on each scale which arrays lie along it.
    private func writeReferences() throws {
        for (scale, users) in attached {
            try HDF5Library.run(on: path) { hdf5 in
                var bytes = [UInt8]()
                for user in users {
                    let reference = try hdf5.reference(to: user.array, in: id), axis = Int32(user.axis)
                    bytes += withUnsafeBytes(of: reference) { Array($0) } + withUnsafeBytes(of: axis) { Array($0) }
                    bytes += [0, 0, 0, 0]
                }
                try hdf5.using(hdf5.c.H5Tcreate(H5T_COMPOUND, 16), hdf5.c.H5Tclose, "written") { type in
                    try hdf5.check(
                        hdf5.c.H5Tinsert(type, "dataset", 0, hdf5.predefined("H5T_STD_REF_OBJ_g")), "written")
                    try hdf5.check(hdf5.c.H5Tinsert(type, "dimension", 8, hdf5.type(.int32)), "written")
                    try hdf5.using(hdf5.c.H5Oopen(id, scale, 0), hdf5.c.H5Oclose, "written") { object in
                        try hdf5.setAttribute("REFERENCE_LIST", of: object, type, [users.count], bytes)
                    }
                }
            }
        }
    }

    /// Makes the bytes durable and renames the file to its final name, replacing any file of that name.
    package func commit() throws {
        try writeReferences()
        let file = id
        id = -1
        try HDF5Library.run(on: path) { hdf5 in _ = try hdf5.check(hdf5.c.H5Fclose(file), "written") }
        let descriptor = try checkedCall("written", on: path) { open(temporary, O_RDONLY | O_CLOEXEC) }
        defer { close(descriptor) }
        try checkedCall("written", on: path) { fsync(descriptor) }
        try checkedCall("renamed", on: path) { rename(temporary, path) }
        isCommitted = true
        try AtomicFile.syncFolder(of: path)
    }

    deinit {
        let file = id
        if file >= 0 { _ = try? HDF5Library.run(on: path) { $0.c.H5Fclose(file) } }
        if !isCommitted { unlink(temporary) }
    }
}

extension HDF5Library {
    /// Calls `body` with a space of these extents; one without axes holds one element.
    @discardableResult
    fileprivate func space<Result>(_ extents: [Int], _ body: (hid_t) throws -> Result) throws -> Result {
        let made =
            extents.isEmpty
            ? c.H5Screate(H5S_SCALAR) : c.H5Screate_simple(Int32(extents.count), extents.map { hsize_t($0) }, nil)
        return try using(made, c.H5Sclose, "written", body)
    }

    fileprivate func setAttribute(
        _ name: String, of object: hid_t, _ type: hid_t, _ extents: [Int], _ bytes: [UInt8]
    ) throws {
        try space(extents) { space in
            try using(c.H5Acreate2(object, name, type, space, 0, 0), c.H5Aclose, "written") { attribute in
                try check(c.H5Awrite(attribute, type, bytes), "written")
            }
        }
    }

    fileprivate func reference(to name: String, in file: hid_t) throws -> hobj_ref_t {
        var reference: hobj_ref_t = 0
        try check(c.H5Rcreate(&reference, file, name, H5R_OBJECT, -1), "written")
        return reference
    }
}
