// The table of contents of a zip archive, as far as .npz files need it: stored and deflated members, sizes beyond 4 GB.
// The choice: only the central directory is believed; the local headers say just how long they are.

import Foundation

/// A zip archive's members.
///
/// Source: PKWARE, "APPNOTE.TXT - .ZIP File Format Specification", sections 4.3 and 4.5.3.
package struct ZipArchive: Sendable {
    /// A file in the archive.
    package struct Member: Sendable {
        package var name: String
        /// Bytes when unpacked.
        package var size: Int
        var method: UInt16
        var packedSize: Int
        var headerOffset: Int
        var checksum: UInt32
    }

    package let members: [Member]
    private let path: String

    /// Reads the central directory; throws `FormatError` where there is none or it is damaged.
    package init(file: InputFile) throws {
        path = file.path
        let (offset, size, count) = try Self.directory(of: file)
        var reader = ByteReader(try file.bytes(at: offset, count: size), file: file.path)
        members = try (0..<count).map { _ in try Self.member(&reader) }
    }

    /// The member `KEY.npy`, or the only one that is an array.
    package func array(key: String?) throws -> Member {
        let arrays = members.filter { $0.name.hasSuffix(".npy") }
        let keys = arrays.map { String($0.name.dropLast(4)) }
        if let index = key.map(keys.firstIndex(of:)) ?? (arrays.count == 1 ? 0 : nil) { return arrays[index] }
        let list = keys.isEmpty ? "no arrays" : "the arrays \(keys.joined(separator: ", "))"
        throw FormatError(path, "holds \(list)", keys.isEmpty ? "save it with numpy.savez" : "choose one with --key")
    }

    /// Where the central directory is: the last record of the file points at it, in two widths.
    private static func directory(of file: InputFile) throws -> (offset: Int, size: Int, count: Int) {
        let tail = try file.bytes(at: max(0, file.size - 65_557), count: min(file.size, 65_557))
        let signature: [UInt8] = [0x50, 0x4B, 5, 6]
        guard let end = tail.indices.dropLast(21).last(where: { tail[$0...].starts(with: signature) }) else {
            throw FormatError(file.path, "is not a whole .npz archive", "copy it again, or save it with numpy.savez")
        }
        var record = ByteReader([UInt8](tail[(end + 10)...]), file: file.path)
        let count = try record.integer(2), size = try record.integer(4), offset = try record.integer(4)
        guard count == 0xFFFF || size == 0xFFFF_FFFF || offset == 0xFFFF_FFFF else { return (offset, size, count) }

        var locator = ByteReader(try file.bytes(at: file.size - tail.count + end - 20, count: 20), file: file.path)
        try locator.skip(8)
        var wide = ByteReader(try file.bytes(at: locator.integer(8), count: 56), file: file.path)
        try wide.skip(32)
        let wideCount = try wide.integer(8), wideSize = try wide.integer(8)
        return (try wide.integer(8), wideSize, wideCount)
    }

    private static func member(_ reader: inout ByteReader) throws -> Member {
        try reader.expect([0x50, 0x4B, 1, 2])
        try reader.skip(6)
        let method = UInt16(try reader.integer(2))
        try reader.skip(4)
        let checksum = UInt32(try reader.integer(4))
        let packed = try reader.integer(4), size = try reader.integer(4)
        let nameLength = try reader.integer(2), extraLength = try reader.integer(2), comment = try reader.integer(2)
        try reader.skip(8)
        let offset = try reader.integer(4)
        let name = String(decoding: try reader.bytes(nameLength), as: UTF8.self)
        var member = Member(
            name: name, size: size, method: method, packedSize: packed, headerOffset: offset, checksum: checksum)
        var extra = ByteReader(try reader.bytes(extraLength), file: reader.file)
        try member.widen(from: &extra)
        try reader.skip(comment)
        return member
    }
}

extension ZipArchive.Member {
    /// Takes the sizes that did not fit in 32 bits from the extra field numbered 1.
    fileprivate mutating func widen(from extra: inout ByteReader) throws {
        while extra.remaining >= 4 {
            let id = try extra.integer(2)
            var field = ByteReader(try extra.bytes(try extra.integer(2)), file: extra.file)
            guard id == 1 else { continue }
            if size == 0xFFFF_FFFF { size = try field.integer(8) }
            if packedSize == 0xFFFF_FFFF { packedSize = try field.integer(8) }
            if headerOffset == 0xFFFF_FFFF { headerOffset = try field.integer(8) }
        }
    }

    /// A file and the offset in it where this member's unpacked bytes stand, their checksum verified.
    func contents(of archive: InputFile, scratchFolder: String) throws -> (InputFile, Int) {
        var local = ByteReader(try archive.bytes(at: headerOffset, count: 30), file: archive.path)
        try local.expect([0x50, 0x4B, 3, 4])
        try local.skip(22)
        let start = headerOffset + 30 + (try local.integer(2)) + (try local.integer(2))
        var sum = Checksum()
        var contents = (archive, start)
        switch method {
        case 0: try archive.forEachPiece(at: start, count: packedSize) { sum.update($0) }
        case 8:
            let unpacked = try InputFile(scratchIn: scratchFolder, standingFor: archive.path, expecting: size) { sink in
                try Inflate.unpack(archive, at: start, count: packedSize, as: .raw, limit: size) { piece in
                    sum.update(piece)
                    try sink(piece)
                }
            }
            contents = (unpacked, 0)
        default:
            throw FormatError(archive.path, "packs \(name) by method \(method)", "save it with numpy.savez_compressed")
        }
        guard sum.value == checksum else {
            throw FormatError(archive.path, "is damaged in \(name) (its checksum differs)", "copy or save it again")
        }
        return contents
    }
}
