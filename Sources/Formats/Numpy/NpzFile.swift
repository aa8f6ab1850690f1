// A .npz file of several arrays: a zip archive of .npy files. The choice: members are stored, not deflated, since weights do not
// compress, and dated 1980, so that equal arrays give equal bytes.

import Foundation

/// Reading and writing all arrays of a .npz file.
///
/// Source: PKWARE, "APPNOTE.TXT - .ZIP File Format Specification", sections 4.3 to 4.4.
package enum NpzFile {
    /// An array with its name.
    package struct Entry: Sendable {
        package let name: String
        package let header: NpyHeader
        /// The elements, row-major and little-endian.
        package let bytes: ArraySlice<UInt8>

        package init(name: String, header: NpyHeader, bytes: ArraySlice<UInt8>) {
            precondition(bytes.count == header.byteCount, "\(name): bytes and shape disagree")
            (self.name, self.header, self.bytes) = (name, header, bytes)
        }
    }

    /// The names of the arrays in a file, each once.
    package static func names(in path: String) throws -> Set<String> {
        let members = try ZipArchive(file: InputFile(path: path)).members
        return Set(members.map(\.name).filter { $0.hasSuffix(".npy") }.map { String($0.dropLast(4)) })
    }

    /// One array of a file, whole.
    ///
    /// - Parameter scratchFolder: see `NpyFile`.
    package static func array(_ name: String, in path: String, scratchFolder: String) throws -> Entry {
        let file = try NpyFile(path: path, key: name, scratchFolder: scratchFolder)
        var bytes = try Memory.zeros(file.header.byteCount, for: path), span = bytes.mutableSpan
        try file.read(at: 0, into: &span)
        return Entry(name: name, header: file.header, bytes: bytes[...])
    }

    /// Writes arrays to a new file.
    ///
    /// Throws `FormatError` for more than a zip archive without 64-bit sizes holds: 4 GB.
    package static func write(_ entries: [Entry], to path: String) throws {
        let size = entries.reduce(0) { $0 + $1.bytes.count + 2 * $1.name.utf8.count + 1 << 10 }
        guard size < Int(UInt32.max), entries.count < Int(UInt16.max) else {
            throw FormatError(
                file: path, problem: "would have \(size) bytes, and a .npz file has at most \(UInt32.max)",
                advice: "choose another format")
        }
        let file = try AtomicFile(path: path, expecting: size)
        var directory = [UInt8]()
        for entry in entries {
            let start = entry.header.encoded, member = Member(entry, start: start), offset = file.size
            try file.append(member.local.span)
            try file.append(start.span)
            try file.append(entry.bytes.span)
            directory += member.central(offset: offset)
        }
        let offset = file.size
        try file.append(directory.span)
        var end: [UInt8] = [0x50, 0x4B, 5, 6]
        end += number(0, 4) + number(entries.count, 2) + number(entries.count, 2)
        end += number(directory.count, 4) + number(offset, 4) + number(0, 2)
        try file.append(end.span)
        try file.commit()
    }

    /// The headers of a member.
    private struct Member {
        private let name: [UInt8]
        private let fields: [UInt8]

        /// - Parameter start: the header of the .npy file.
        init(_ entry: Entry, start: [UInt8]) {
            var sum = Checksum()
            sum.update(start.span)
            sum.update(entry.bytes.span)
            let size = start.count + entry.bytes.count, first1980 = 1 << 5 | 1
            name = Array((entry.name + ".npy").utf8)
            // Version 2.0, names in UTF-8, stored, midnight.
            fields =
                number(20, 2) + number(1 << 11, 2) + number(0, 2) + number(0, 2) + number(first1980, 2)
                + number(Int(sum.value), 4) + number(size, 4) + number(size, 4) + number(name.count, 2) + number(0, 2)
        }

        /// The header before the member.
        var local: [UInt8] { [0x50, 0x4B, 3, 4] + fields + name }

        /// The header in the directory.
        func central(offset: Int) -> [UInt8] {
            [0x50, 0x4B, 1, 2] + number(20, 2) + fields + [UInt8](repeating: 0, count: 10) + number(offset, 4) + name
        }
    }

    /// A number of some bytes, the lowest first.
    private static func number(_ value: Int, _ bytes: Int) -> [UInt8] {
        (0..<bytes).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
}
