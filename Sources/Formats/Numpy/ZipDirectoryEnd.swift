// Finds a zip archive's central directory through the record at the end of the file, which has two widths. The choice:
// a comment after that record may contain its signature too, so the last signature preceded by a directory counts.

/// The end-of-central-directory record.
struct ZipDirectoryEnd {
    /// The directory's offset and size in bytes, and the number of members it claims. Only its position is checked.
    let directory: (offset: Int, size: Int, count: Int)

    private static let recordSize = 22, locatorSize = 20, wideRecordSize = 56
    private static let longestComment = 0xFFFF

    init(of file: InputFile) throws {
        let count = min(file.size, Self.recordSize + Self.longestComment), base = file.size - count
        let tail = try file.bytes(at: base, count: count), signature: [UInt8] = [0x50, 0x4B, 5, 6]
        for end in tail.indices.dropLast(Self.recordSize - 1).reversed() where tail[end...].starts(with: signature) {
            if let directory = try Self.directory([UInt8](tail[(end + 4)...]), at: base + end, in: file) {
                self.directory = directory
                return
            }
        }
        let start = try file.start(FileKind.neededBytes), isZip = start.starts(with: [0x50, 0x4B])
        throw isZip
            ? FormatError(
                file: file.path, problem: "is not a whole .npz archive",
                advice: "copy it again, or save it with numpy.savez")
            : FileKind.error(
                file.path, start, not: "a whole .npz archive", advice: "copy it again, or save it with numpy.savez")
    }

    /// Parses the record at `position`; nil if its comment does not fit, or if no directory ends right before it.
    private static func directory(
        _ record: [UInt8], at position: Int, in file: InputFile
    ) throws -> (offset: Int, size: Int, count: Int)? {
        var record = ByteReader(record, file: file.path)
        try record.skip(6)
        let count = try record.integer(2), size = try record.integer(4), offset = try record.integer(4)
        guard try record.integer(2) <= record.remaining else { return nil }
        if let wide = try wideDirectory(before: position, in: file) { return wide }
        return offset + size == position ? (offset, size, count) : nil
    }

    /// Reads the wider record of archives beyond 4 GB or 65,535 members, through the locator in front of the record.
    private static func wideDirectory(
        before position: Int, in file: InputFile
    ) throws -> (offset: Int, size: Int, count: Int)? {
        guard position >= locatorSize + wideRecordSize else { return nil }
        var locator = ByteReader(try file.bytes(at: position - locatorSize, count: locatorSize), file: file.path)
        guard try locator.bytes(4) == [0x50, 0x4B, 6, 7] else { return nil }
        try locator.skip(4)
        let wideOffset = try locator.integer(8)
        var wide = ByteReader(try file.bytes(at: wideOffset, count: wideRecordSize), file: file.path)
        try wide.expect([0x50, 0x4B, 6, 6])
        try wide.skip(28)
        let count = try wide.integer(8), size = try wide.integer(8), offset = try wide.integer(8)
        guard offset <= wideOffset, size == wideOffset - offset else {
            throw FormatError(file: file.path, problem: "is damaged at its end", advice: "copy or save it again")
        }
        return (offset, size, count)
    }
}
