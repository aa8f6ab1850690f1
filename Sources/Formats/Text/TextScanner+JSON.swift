// Parses JSON after RFC 8259, value by value. The choice: no tree is built, so that memory is allocated only for what
// is kept.

extension TextScanner {
    /// Parses the members of an object after its opening brace; `member` parses the value of each key.
    mutating func members(_ member: (inout TextScanner, String) throws -> Void) throws {
        let endsInComma = try items(until: "}") { scanner in
            let key = try scanner.jsonString()
            scanner.skipSpace()
            try scanner.expect(":")
            scanner.skipSpace()
            try member(&scanner, key)
        }
        if endsInComma { throw Misfit() }
    }

    /// Parses the elements of an array after its opening bracket.
    mutating func elements(_ element: (inout TextScanner) throws -> Void) throws {
        if try items(until: "]", element) { throw Misfit() }
    }

    /// Parses an array of at most `limit` non-negative integers.
    mutating func naturals(atMost limit: Int) throws -> [Int] {
        var numbers = [Int]()
        try expect("[")
        try elements { scanner in
            guard numbers.count < limit else { throw Misfit() }
            numbers.append(try scanner.natural())
        }
        return numbers
    }

    mutating func jsonString() throws -> String {
        try expect("\"")
        var content = [UInt8]()
        while true {
            let byte = try byte()
            switch byte {
            case 0x22: return String(decoding: content, as: UTF8.self)
            case 0x5C: content += String(try jsonEscape()).utf8
            case ..<0x20: throw Misfit()
            default: content.append(byte)
            }
        }
    }

    /// Parses the rest of an escape sequence after its backslash.
    private mutating func jsonEscape() throws -> Unicode.Scalar {
        switch try byte() {
        case 0x22: return "\""
        case 0x5C: return "\\"
        case 0x2F: return "/"
        case 0x62: return "\u{8}"
        case 0x66: return "\u{C}"
        case 0x6E: return "\n"
        case 0x72: return "\r"
        case 0x74: return "\t"
        case 0x75:
            let high = try hexadecimal()
            guard (0xD800..<0xDC00).contains(high) else { return try scalar(high) }
            try expect("\\u")
            let low = try hexadecimal()
            guard (0xDC00..<0xE000).contains(low) else { throw Misfit() }
            return try scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
        default: throw Misfit()
        }
    }

    private mutating func hexadecimal() throws -> UInt32 {
        try (0..<4).reduce(0) { value, _ in
            guard let digit = Character(Unicode.Scalar(try byte())).hexDigitValue else { throw Misfit() }
            return value << 4 | UInt32(digit)
        }
    }

    private func scalar(_ value: UInt32) throws -> Unicode.Scalar {
        guard let scalar = Unicode.Scalar(value) else { throw Misfit() }
        return scalar
    }

    /// Skips any value.
    mutating func skipJSON() throws {
        if takes("{") { return try members { scanner, _ in try scanner.skipJSON() } }
        if takes("[") { return try elements { try $0.skipJSON() } }
        if next == 0x22 { return _ = try jsonString() }
        if takes("true") || takes("false") || takes("null") { return }
        try skipNumber()
    }

    /// Parses a number.
    mutating func jsonNumber() throws -> Double {
        let start = position
        try skipNumber()
        guard let number = Double(text(from: start)) else { throw Misfit() }
        return number
    }

    private mutating func skipNumber() throws {
        _ = takes("-")
        _ = try natural()
        if takes(".") { try skipDigits() }
        if takes("e") || takes("E") {
            if !takes("-") { _ = takes("+") }
            try skipDigits()
        }
    }

    private mutating func skipDigits() throws {
        guard (0x30...0x39).contains(try byte()) else { throw Misfit() }
        while let byte = next, (0x30...0x39).contains(byte) { _ = try self.byte() }
    }
}
