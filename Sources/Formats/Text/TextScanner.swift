// Scans a header's text byte by byte. The choice: strict, in one pass and with a limit on nesting, so that no header
// takes more time or memory than its length warrants.

/// A position in the text of a header; every step that does not match throws `Misfit`.
struct TextScanner {
    /// The error for text that does not match what is expected.
    struct Misfit: Error {}

    private let bytes: [UInt8]
    private(set) var position = 0
    private var depth = 0
    /// The nesting limit: deeper than any sensible header, and far from exhausting a thread's stack.
    private static let deepest = 64

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The next byte, or nil at the end.
    var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    /// What was consumed since `start`.
    func text(from start: Int) -> String { String(decoding: bytes[start..<position], as: UTF8.self) }

    mutating func skipSpace() {
        while let byte = next, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { position += 1 }
    }

    /// Consumes `text` if it comes next, and returns whether it did.
    mutating func takes(_ text: String) -> Bool {
        guard bytes[position...].starts(with: text.utf8) else { return false }
        position += text.utf8.count
        return true
    }

    mutating func expect(_ text: String) throws {
        guard takes(text) else { throw Misfit() }
    }

    mutating func byte() throws -> UInt8 {
        guard let byte = next else { throw Misfit() }
        position += 1
        return byte
    }

    /// Parses a non-negative integer without sign or leading zeros.
    mutating func natural() throws -> Int {
        let start = position
        while let byte = next, (0x30...0x39).contains(byte) { position += 1 }
        let digits = bytes[start..<position]
        guard !digits.isEmpty, digits.count == 1 || digits.first != 0x30,
            let number = Int(String(decoding: digits, as: UTF8.self))
        else { throw Misfit() }
        return number
    }

    /// Parses comma-separated items up to `close`, with optional space around each, after the opening delimiter.
    /// Returns whether the last item was followed by a comma.
    mutating func items(until close: String, _ item: (inout TextScanner) throws -> Void) throws -> Bool {
        guard depth < Self.deepest else { throw Misfit() }
        depth += 1
        defer { depth -= 1 }
        var endsInComma = false
        while true {
            skipSpace()
            if takes(close) { return endsInComma }
            try item(&self)
            skipSpace()
            endsInComma = takes(",")
            if !endsInComma {
                try expect(close)
                return false
            }
        }
    }

    /// Skips space and throws `Misfit` if anything else follows.
    mutating func expectEnd() throws {
        skipSpace()
        if next != nil { throw Misfit() }
    }
}
