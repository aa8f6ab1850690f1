// Reads the directory of a zip archive as far as .npz files need it: stored and deflated members, sizes beyond 4 GB.
// The choice: the central directory is trusted unless the file size contradicts it; the local headers serve only to
// find the data, and must name the same members.

import Foundation

/// The members of a zip archive.
///
/// Source: PKWARE, "APPNOTE.TXT - .ZIP File Format Specification", sections 4.3 to 4.5.3.
package struct ZipArchive: Sendable {
    /// A file in the archive.
    package struct Member: Sendable {
        package var name: String
        /// The unpacked size in bytes.
        package var size: Int
        var method: UInt16
        var isEncrypted: Bool
        var packedSize: Int
        var headerOffset: Int
        var checksum: UInt32
        /// The name as stored in the archive, in any encoding.
        var storedName: [UInt8]
    }

    package let members: [Member]
    private let path: String

    /// Reads the central directory; throws `FormatError` if it is missing or damaged.
    package init(file: InputFile) throws {
        path = file.path
        let (offset, size, count) = try ZipDirectoryEnd(of: file).directory
        var reader = ByteReader(try file.bytes(at: offset, count: size), file: file.path), members = [Member]()
        while reader.remaining > 0 { members.append(try Self.member(&reader)) }
        guard members.count == count else {
            let problem = "is damaged: it holds \(members.count) members and claims \(count)"
            throw FormatError(file: file.path, problem: problem, advice: "copy or save it again")
        }
        self.members = members
    }

    /// The member `KEY.npy`, or the only array. Of several members with one name the last counts, as in numpy: adding
    /// to an archive leaves the older ones in it.
    ///
    /// - Parameter isIgnored: whether a member does not count among several where no key is given.
    package func array(key: String?, ignoring isIgnored: (Member) throws -> Bool = { _ in false }) throws -> Member {
        let arrays = members.filter { $0.name.hasSuffix(".npy") }
        var newest = Dictionary(arrays.map { ($0.name.dropLast(4), $0) }) { $1 }
        if key == nil, newest.count > 1 {
            let counting = try newest.filter { try !isIgnored($0.value) }
            if !counting.isEmpty { newest = counting }
        }
        if let key, let member = newest[key[...]] { return member }
        if key == nil, newest.count == 1, let member = newest.values.first { return member }
        let names = newest.keys.sorted(), shown = names.prefix(6).map { String($0).quotable }.joined(separator: ", ")
        let list =
            names.isEmpty
            ? "no arrays" : "the arrays \(shown)" + (names.count > 6 ? " and \(names.count - 6) more" : "")
        throw FormatError(
            file: path, problem: "holds \(list)",
            advice: names.isEmpty ? "save it with numpy.savez" : "choose one with --key")
    }

    private static func member(_ reader: inout ByteReader) throws -> Member {
        try reader.expect([0x50, 0x4B, 1, 2])
        try reader.skip(4)
        let flags = try reader.integer(2), method = UInt16(try reader.integer(2))
        try reader.skip(4)
        let checksum = UInt32(try reader.integer(4))
        let packed = try reader.integer(4), size = try reader.integer(4)
        let nameLength = try reader.integer(2), extraLength = try reader.integer(2), comment = try reader.integer(2)
        try reader.skip(8)
        let offset = try reader.integer(4), name = try reader.bytes(nameLength)
        var member = Member(
            name: String(decoding: name, as: UTF8.self), size: size, method: method, isEncrypted: flags & 1 != 0,
            packedSize: packed, headerOffset: offset, checksum: checksum, storedName: name)
        var extra = ByteReader(try reader.bytes(extraLength), file: reader.file)
        try member.widen(from: &extra)
        try reader.skip(comment)
        return member
    }
}

extension ZipArchive.Member {
    /// Takes the sizes that did not fit in 32 bits from the extra field with ID 1.
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

    /// A file and the offset in it where this member's `size` unpacked bytes start, after verifying their checksum.
    func contents(of archive: InputFile, scratchFolder: String) throws -> (InputFile, Int) {
        guard !isEncrypted else {
            throw FormatError(
                file: archive.path, problem: "is encrypted in \(name.quotable)", advice: "save it without a password")
        }
        guard method == 0 || method == 8 else {
            throw FormatError(
                file: archive.path, problem: "packs \(name.quotable) by method \(method)",
                advice: "save it with numpy.savez_compressed")
        }
        let start = try dataOffset(in: archive)
        try archive.requireInside(start, packedSize)
        guard method == 0 ? size == packedSize : Inflate.canHold(size, in: packedSize) else {
            throw damaged(archive, "\(packedSize) bytes cannot hold the \(size) it claims")
        }
        return method == 0
            ? try stored(in: archive, at: start) : try unpacked(from: archive, at: start, scratchFolder: scratchFolder)
    }

    /// The first bytes of the unpacked content, or all if it has fewer; nothing in place of what cannot be read.
    func start(_ count: Int, in archive: InputFile) throws -> [UInt8] {
        guard !isEncrypted, let start = try? dataOffset(in: archive) else { return [] }
        if method == 0 { return try archive.bytes(at: start, count: min(count, packedSize, archive.size - start)) }
        guard method == 8 else { return [] }
        return Inflate.start(count, of: archive, at: start, count: packedSize, as: .raw)
    }

    private func stored(in archive: InputFile, at start: Int) throws -> (InputFile, Int) {
        var sum = Checksum()
        try archive.forEachPiece(at: start, count: packedSize) { sum.update($0) }
        try check(sum, archive)
        return (archive, start)
    }

    private func unpacked(from archive: InputFile, at start: Int, scratchFolder: String) throws -> (InputFile, Int) {
        var sum = Checksum()
        let contents = try InputFile(scratchIn: scratchFolder, standingFor: archive.path, expecting: size) { sink in
            try Inflate.unpack(archive, at: start, count: packedSize, as: .raw, limit: size) { piece in
                sum.update(piece)
                try sink(piece)
            }
        }
        try check(sum, archive)
        guard contents.size == size else { throw damaged(archive, "it has \(contents.size) bytes instead of \(size)") }
        return (contents, 0)
    }

    /// The offset after the local header, which must name this member.
    private func dataOffset(in archive: InputFile) throws -> Int {
        var local = ByteReader(try archive.bytes(at: headerOffset, count: 30), file: archive.path)
        try local.expect([0x50, 0x4B, 3, 4])
        try local.skip(22)
        let nameLength = try local.integer(2), extraLength = try local.integer(2), end = headerOffset + 30 + nameLength
        guard try archive.bytes(at: end - nameLength, count: nameLength) == storedName else {
            throw damaged(archive, "it has another name in its own header")
        }
        return end + extraLength
    }

    private func check(_ sum: Checksum, _ archive: InputFile) throws {
        if sum.value != checksum { throw damaged(archive, "its checksum differs") }
    }

    private func damaged(_ archive: InputFile, _ how: String) -> FormatError {
        FormatError(
            file: archive.path, problem: "is damaged in \(name.quotable) (\(how))", advice: "copy or save it again")
    }
}
