// JSON as a tree, for metadata whose keys are not known beforehand. The choice: the three numbers that JSON lacks and Python
// writes are read, since fill values are among them.

/// A JSON value.
package enum JSONValue: Equatable, Sendable {
    case null
    case boolean(Bool)
    case number(Double)
    case text(String)
    case list([JSONValue])
    case object([String: JSONValue])

    /// Parses a text that holds exactly one value.
    ///
    /// Throws `FormatError` about `file` for anything else.
    package init(parsing text: [UInt8], file: String) throws {
        do {
            var scanner = TextScanner(text)
            scanner.skipSpace()
            self = try scanner.jsonValue()
            try scanner.expectEnd()
        } catch is TextScanner.Misfit {
            throw FormatError(file: file, problem: "is not JSON", advice: "copy or make it again")
        }
    }

    /// The member of an object; nil for other values.
    package subscript(_ key: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members[key]
    }

    package var text: String? {
        guard case .text(let text) = self else { return nil }
        return text
    }

    package var list: [JSONValue]? {
        guard case .list(let list) = self else { return nil }
        return list
    }

    /// A number that fits, or the names that stand for what JSON has no number for.
    package var number: Double? {
        switch self {
        case .number(let number): number
        case .boolean(let isOn): isOn ? 1 : 0
        case .text("NaN"): .nan
        case .text("Infinity"): .infinity
        case .text("-Infinity"): -.infinity
        default: nil
        }
    }

    /// A list of whole numbers that are not negative; nil for anything else.
    package var naturals: [Int]? {
        guard let list else { return nil }
        let numbers = list.compactMap { value -> Int? in
            guard case .number(let number) = value, let integer = Int(exactly: number), integer >= 0 else { return nil }
            return integer
        }
        return numbers.count == list.count ? numbers : nil
    }
}

extension TextScanner {
    fileprivate mutating func jsonValue() throws -> JSONValue {
        if takes("{") {
            var object: [String: JSONValue] = [:]
            try members { scanner, key in object[key] = try scanner.jsonValue() }
            return .object(object)
        }
        if takes("[") {
            var list: [JSONValue] = []
            try elements { list.append(try $0.jsonValue()) }
            return .list(list)
        }
        if next == 0x22 { return .text(try jsonString()) }
        if takes("true") { return .boolean(true) }
        if takes("false") { return .boolean(false) }
        if takes("null") { return .null }
        if takes("NaN") { return .number(.nan) }
        if takes("Infinity") { return .number(.infinity) }
        if takes("-Infinity") { return .number(-.infinity) }
        return .number(try jsonNumber())
    }
}
