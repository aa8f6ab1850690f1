// Reads little-endian fields from the front of a record. The choice: every read is checked against the end of the
// record, so that format readers need no checks of their own.

/// A read position in the bytes of a record.
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

    /// Reads an unsigned integer of `width` bytes that must fit in an `Int`.
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

    private var damaged: FormatError {
        FormatError(file: file, problem: "is damaged or cut short", advice: "copy or make it again")
    }
}
