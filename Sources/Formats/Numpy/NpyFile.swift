// Reads the elements of a .npy array on disk, alone or inside a .npz. The choice: any part can be read without the
// rest, so that memory never depends on the array size; a deflated .npz is first unpacked to a nameless file.

import Foundation

/// An array on disk that is read in parts, from any thread.
package struct NpyFile: Sendable {
    package let header: NpyHeader
    package let path: String
    private let file: InputFile
    private let dataOffset: Int

    /// Opens a .npy file, or the array `key` of a file with the suffix .npz; a nil `key` means the only array in it.
    ///
    /// A deflated member is unpacked into `scratchFolder` (819 MB for Moving MNIST), as a nameless file that is freed
    /// at the end of the program at the latest. Throws `FormatError` for anything but a complete array.
    ///
    /// - Parameter isAnyOrder: whether the reader follows `header.isFortran`; else such an array is refused.
    package init(path: String, key: String? = nil, scratchFolder: String, isAnyOrder: Bool = false) throws {
        try self.init(path, key, scratchFolder)
        guard isAnyOrder || !header.isFortran else {
            throw FormatError(
                file: path, problem: "is in Fortran order", advice: "save numpy.ascontiguousarray(array) instead")
        }
    }

    private init(_ path: String, _ key: String?, _ scratchFolder: String) throws {
        let input = try InputFile(path: path)
        if path.lowercased().hasSuffix(".npz") {
            let member = try ZipArchive(file: input).array(key: key) { member in
                try NpyHeader.isOfObjects(member.start(512, in: input))
            }
            let (unpacked, offset) = try member.contents(of: input, scratchFolder: scratchFolder)
            try self.init(file: unpacked, at: offset, count: member.size)
        } else {
            guard key == nil else {
                throw FormatError(file: path, problem: "is one array", advice: "leave out the key, or name a .npz file")
            }
            try self.init(file: input, at: 0, count: input.size)
        }
    }

    private init(file: InputFile, at offset: Int, count: Int) throws {
        (header, dataOffset) = try NpyHeader.read(from: file, at: offset, count: count)
        (self.file, path) = (file, file.path)
        let present = offset + count - dataOffset, needed = header.byteCount
        let comparison = "its shape \(header.shape) needs \(needed) bytes and it has \(present)"
        guard present >= needed else {
            throw FormatError(file: path, problem: "is cut short: \(comparison)", advice: "copy or save it again")
        }
        guard present == needed else {
            let isAnother = try NpyHeader.starts(in: file, at: dataOffset + needed, count: present - needed)
            throw FormatError(
                file: path,
                problem: isAnother
                    ? "holds another array after the first" : "has bytes behind its array: \(comparison)",
                advice: isAnother ? "save each array in a file of its own" : "copy or save it again")
        }
    }

    /// Fills `bytes` with whole elements from `offset` on, little-endian, counted from the first stored element.
    package func read(at offset: Int, into bytes: inout MutableSpan<UInt8>) throws {
        precondition(offset >= 0 && offset + bytes.count <= header.byteCount, "outside the array")
        try file.read(at: dataOffset + offset, into: &bytes)
        guard header.isBigEndian else { return }
        precondition(bytes.count.isMultiple(of: header.type.size), "no whole elements")
        switch header.type.size {
        case 2: swapBytes(&bytes, as: UInt16.self)
        case 4: swapBytes(&bytes, as: UInt32.self)
        default: swapBytes(&bytes, as: UInt64.self)
        }
    }

    private func swapBytes<Number: FixedWidthInteger>(_ bytes: inout MutableSpan<UInt8>, as type: Number.Type) {
        bytes.withUnsafeMutableBytes { raw in
            for place in stride(from: 0, to: raw.count, by: MemoryLayout<Number>.size) {
                let number = raw.loadUnaligned(fromByteOffset: place, as: Number.self)
                raw.storeBytes(of: number.byteSwapped, toByteOffset: place, as: Number.self)
            }
        }
    }

    /// Writes a whole array that fits in memory.
    package static func write(_ bytes: Span<UInt8>, header: NpyHeader, to path: String) throws {
        precondition(bytes.count == header.byteCount, "bytes and shape disagree")
        let file = try AtomicFile(path: path, expecting: bytes.count)
        try file.append(header.encoded.span)
        try file.append(bytes)
        try file.commit()
    }
}
