// Takes a header's text apart byte by byte. The choice: strict, in one pass and with a bound on nesting, so that no
// header takes more than its own length.

/// A position in the text of a header; every step that does not fit throws `Misfit`.
struct TextScanner {
    /// The text is not what it should be.
    struct Misfit: Error {}

    private let bytes: [UInt8]
    private(set) var position = 0
    private var depth = 0
    /// As deep as any sensible header, and far from the end of a thread's stack.
    private static let deepest = 64

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The next byte, if there is one.
    var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    mutating func skipSpace() {
        while let byte = next, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { position += 1 }
    }

    /// Takes `text` if it comes next.
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

    /// A whole number as its digits stand there, without sign or leading zeros.
    mutating func natural() throws -> Int {
        let start = position
        while let byte = next, (0x30...0x39).contains(byte) { position += 1 }
        let digits = bytes[start..<position]
        guard !digits.isEmpty, digits.count == 1 || digits.first != 0x30,
            let number = Int(String(decoding: digits, as: UTF8.self))
        else { throw Misfit() }
        return number
    }

    /// Items between commas up to `close`, with space around each; `open` has been taken. Says whether a comma ended
    /// them.
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

    /// Nothing but space may follow.
    mutating func expectEnd() throws {
        skipSpace()
        if next != nil { throw Misfit() }
    }
}
