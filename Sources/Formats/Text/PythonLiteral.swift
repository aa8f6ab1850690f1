// Parses the text of a .npy header, which is a Python expression. The choice: only the literals that numpy has ever
// written there, in one pass, including the long integers of Python 2, which end in L.

/// A Python literal.
enum PythonLiteral: Equatable {
    case integer(Int)
    case boolean(Bool)
    case none
    case string(String)
    case tuple([PythonLiteral])
    case list([PythonLiteral])
    case dictionary([String: PythonLiteral])

    /// Parses a text that holds exactly one value; throws `TextScanner.Misfit` for anything else.
    init(parsing text: [UInt8]) throws {
        var scanner = TextScanner(text)
        scanner.skipSpace()
        self = try scanner.pythonLiteral()
        try scanner.expectEnd()
    }
}

extension TextScanner {
    fileprivate mutating func pythonLiteral() throws -> PythonLiteral {
        if takes("(") { return try pythonTuple() }
        if takes("[") { return .list(try pythonItems(until: "]").items) }
        if takes("{") { return try pythonDictionary() }
        if takes("True") { return .boolean(true) }
        if takes("False") { return .boolean(false) }
        if takes("None") { return .none }
        if let next, [0x22, 0x27, 0x75, 0x62].contains(next) { return .string(try pythonString()) }
        let sign = takes("-") ? -1 : 1, number = try natural()
        _ = takes("L")
        return .integer(sign * number)
    }

    /// Parses a tuple. Parentheses around one value without a comma are only grouping.
    private mutating func pythonTuple() throws -> PythonLiteral {
        let (items, endsInComma) = try pythonItems(until: ")")
        return items.count == 1 && !endsInComma ? items[0] : .tuple(items)
    }

    private mutating func pythonItems(until close: String) throws -> (items: [PythonLiteral], endsInComma: Bool) {
        var items = [PythonLiteral]()
        let endsInComma = try self.items(until: close) { items.append(try $0.pythonLiteral()) }
        return (items, endsInComma)
    }

    private mutating func pythonDictionary() throws -> PythonLiteral {
        var entries = [String: PythonLiteral]()
        _ = try items(until: "}") { scanner in
            let key = try scanner.pythonString()
            scanner.skipSpace()
            try scanner.expect(":")
            scanner.skipSpace()
            guard entries.updateValue(try scanner.pythonLiteral(), forKey: key) == nil else { throw Misfit() }
        }
        return .dictionary(entries)
    }

    /// Parses a string in either kind of quotes, with the prefix u or b of Python 2 and 3. Escapes are kept as written.
    private mutating func pythonString() throws -> String {
        if !takes("u") { _ = takes("b") }
        let quote = try byte()
        guard quote == 0x22 || quote == 0x27 else { throw Misfit() }
        var content = [UInt8]()
        while true {
            let byte = try byte()
            if byte == quote { return String(decoding: content, as: UTF8.self) }
            content.append(byte)
            if byte == 0x5C { content.append(try self.byte()) }
        }
    }
}
