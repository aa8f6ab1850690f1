// An HDF5 file open for reading: its groups and arrays by name. The choice: names are walked by us, level by level and with
// limits, since links of a file may form circles.

import CHDF5
import Foundation

/// An HDF5 file, which NetCDF-4 files are too. It is closed when the last array of it is gone.
package final class HDF5File: ArrayStore, @unchecked Sendable {
    package let path: String
    let id: hid_t

    /// More names than a file of sequences has any use for, and more levels.
    private static let mostNames = 1_000_000, deepest = 16

    /// Whether a file begins as HDF5 files do, if need be behind a user block.
    package static func isOne(_ path: String) throws -> Bool {
        let file = try InputFile(path: path)
        for start in [0, 512, 1024, 2048, 4096] where start + 8 <= file.size {
            if try file.bytes(at: start, count: 8) == signature { return true }
        }
        return false
    }

    static let signature: [UInt8] = [0x89] + "HDF\r\n".utf8 + [0x1A, 0x0A]

    /// Throws `FormatError` for a file that is missing, of another kind, or cut short.
    package init(path: String) throws {
        self.path = path
        guard try Self.isOne(path) else {
            throw FileKind.error(
                path, try InputFile(path: path).start(FileKind.neededBytes), not: "an HDF5 file",
                advice: "check where it is from")
        }
        id = try HDF5Library.run(on: path) { hdf5 in
            try hdf5.identifier(hdf5.c.H5Fopen(path, UInt32(CHDF5_READ_ONLY), 0), "opened")
        }
    }

    deinit {
        let id = id
        _ = try? HDF5Library.run(on: path) { $0.c.H5Fclose(id) }
    }

    package func names() throws -> (arrays: [String], groups: [String]) {
        try HDF5Library.run(on: path) { hdf5 in
            var arrays: [String] = [], groups: [String] = [], level = [""]
            for _ in 0..<Self.deepest where !level.isEmpty {
                var below: [String] = []
                for group in level {
                    for name in try members(of: group, hdf5) {
                        let full = group.isEmpty ? name : "\(group)/\(name)"
                        switch kind(of: full, hdf5) {
                        case H5I_DATASET: arrays.append(full)
                        case H5I_GROUP: below.append(full)
                        default: break
                        }
                    }
                    guard arrays.count + groups.count + below.count <= Self.mostNames else {
                        throw FormatError(
                            file: path, problem: "has more than \(Self.mostNames) names",
                            advice: "check where it is from")
                    }
                }
                groups += below
                level = below
            }
            return (arrays.sorted(), groups.sorted())
        }
    }

    /// What stands at a name; `H5I_BADID` for a link that leads nowhere.
    private func kind(of name: String, _ hdf5: HDF5Library) -> H5I_type_t {
        let object = hdf5.c.H5Oopen(id, name, 0)
        guard object >= 0 else { return H5I_BADID }
        defer { _ = hdf5.c.H5Oclose(object) }
        return hdf5.c.H5Iget_type(object)
    }

    private func members(of group: String, _ hdf5: HDF5Library) throws -> [String] {
        try hdf5.using(hdf5.c.H5Gopen2(id, group.isEmpty ? "/" : group, 0), hdf5.c.H5Gclose, "read") { group in
            var names: [String] = [], position: hsize_t = 0
            let code = withUnsafeMutablePointer(to: &names) { names in
                hdf5.c.iterate(
                    group, 0, 0, &position,
                    { _, name, _, names in
                        let names = names!.assumingMemoryBound(to: [String].self)
                        names.pointee.append(String(cString: name!))
                        return names.pointee.count > HDF5File.mostNames ? -1 : 0
                    }, names)
            }
            try hdf5.check(code, "read")
            // A name with a slash in it cannot be asked for.
            return names.filter { !$0.isEmpty && !$0.contains("/") && $0 != "." }
        }
    }

    /// Whether links lead to a name, one after the other; libhdf5 asks for it level by level.
    private func isLinked(_ name: String, _ hdf5: HDF5Library) -> Bool {
        var path = ""
        for part in name.split(separator: "/") {
            path += path.isEmpty ? part : "/" + part
            guard hdf5.c.H5Lexists(id, path, 0) > 0 else { return false }
        }
        return true
    }

    package func array(_ name: String) throws -> any StoredArray { try dataset(name) }

    /// The array of a name, which may begin with a slash.
    package func dataset(_ name: String) throws -> HDF5Dataset {
        let name = name.split(separator: "/").joined(separator: "/")
        let found: HDF5Dataset? = try HDF5Library.run(on: path) { hdf5 in
            guard !name.isEmpty, isLinked(name, hdf5) else { return nil }
            let object = try hdf5.identifier(hdf5.c.H5Oopen(id, name, 0), "read")
            defer { _ = hdf5.c.H5Oclose(object) }
            guard hdf5.c.H5Iget_type(object) == H5I_DATASET else { return nil }
            return try HDF5Dataset(of: self, name: name, hdf5)
        }
        if let found { return found }
        let there = try names()
        let what = there.groups.contains(name) ? "holds arrays, and is none" : "is not in it"
        throw FormatError(
            file: path, problem: "has no dataset \(name.quotable), which \(what)",
            advice: NearestNames.advice(for: name, among: there.arrays, what: "dataset"))
    }

    package func attributes(of name: String) throws -> [String: AttributeValue] {
        try HDF5Library.run(on: path) { hdf5 in
            try hdf5.using(hdf5.c.H5Oopen(id, name.isEmpty ? "/" : name, 0), hdf5.c.H5Oclose, "read") { object in
                try hdf5.attributes(of: object)
            }
        }
    }

    package func axes(of name: String) throws -> [String]? {
        let rank = try array(name).shape.count
        return try HDF5Library.run(on: path) { hdf5 in
            try hdf5.using(hdf5.c.H5Oopen(id, name, 0), hdf5.c.H5Oclose, "read") { object in
                try hdf5.scales(of: object, rank: rank)
            }
        }
    }
}
