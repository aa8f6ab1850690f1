// Takes little-endian fields off the front of a record. The choice: every step is checked against the end, so a
// format's reader need not be.

/// A position in a record's bytes.
struct ByteReader {
    let file: String
    private let record: [UInt8]
    private var position = 0

    init(_ record: [UInt8], file: String) {
        (self.record, self.file) = (record, file)
    }

    var remaining: Int { record.count - position }

    mutating func bytes(_ count: Int) throws -> [UInt8] {
        try skip(count)
        return [UInt8](record[position - count..<position])
    }

    /// An unsigned number of `width` bytes that fits a signed one of eight.
    mutating func integer(_ width: Int) throws -> Int {
        let value = try bytes(width).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard let value = Int(exactly: value) else { throw damaged }
        return value
    }

    mutating func skip(_ count: Int) throws {
        guard count >= 0, count <= remaining else { throw damaged }
        position += count
    }

    mutating func expect(_ signature: [UInt8]) throws {
        guard try bytes(signature.count) == signature else { throw damaged }
    }

    private var damaged: FormatError { FormatError(file, "is damaged or cut short", "copy or make it again") }
}
