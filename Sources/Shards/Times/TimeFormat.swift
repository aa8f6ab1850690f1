// The form of times in the names of files, as a person gives it: %y%m%d%H%M. The choice: the codes of strftime that are
// numbers of fixed width; the first place of a name where the whole form fits is taken.

/// A form of times, such as "RAD%y%m%d%H%M00".
package struct TimeFormat: Equatable, Sendable {
    private enum Part: Equatable {
        case literal(UInt8)
        /// A number by its code.
        case number(Character)
    }

    private let parts: [Part]
    package let text: String

    /// The codes, and the digits of their numbers.
    private static let widths: [Character: Int] = ["Y": 4, "y": 2, "m": 2, "d": 2, "j": 3, "H": 2, "M": 2, "S": 2]

    /// Nil for an unknown code, and for a form that tells no day.
    package init?(_ text: String) {
        var parts: [Part] = [], rest = text[...]
        while let character = rest.popFirst() {
            guard character == "%" else {
                parts += character.utf8.map(Part.literal)
                continue
            }
            guard let code = rest.popFirst() else { return nil }
            if code == "%" {
                parts.append(.literal(UInt8(ascii: "%")))
            } else if Self.widths[code] != nil {
                parts.append(.number(code))
            } else {
                return nil
            }
        }
        func has(_ code: Character) -> Bool { parts.contains(.number(code)) }
        guard has("Y") || has("y"), has("j") || has("m") && has("d") else { return nil }
        (self.parts, self.text) = (parts, text)
    }

    /// The time in a name; nil if the form fits nowhere.
    package func time(in name: String) -> UTCTime? {
        let bytes = [UInt8](name.utf8)
        return bytes.indices.lazy.compactMap { time(in: bytes[$0...]) }.first
    }

    private func time(in bytes: ArraySlice<UInt8>) -> UTCTime? {
        var rest = bytes, numbers: [Character: Int] = [:]
        for part in parts {
            switch part {
            case .literal(let byte):
                guard rest.popFirst() == byte else { return nil }
            case .number(let code):
                let digits = rest.prefix(Self.widths[code]!)
                guard digits.count == Self.widths[code]!, digits.allSatisfy({ (0x30...0x39).contains($0) }) else {
                    return nil
                }
                numbers[code] = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
                rest = rest.dropFirst(digits.count)
            }
        }
        return time(numbers)
    }

    /// Two digits of a year mean 1970 to 2069.
    private func time(_ numbers: [Character: Int]) -> UTCTime? {
        let year = numbers["Y"] ?? numbers["y"].map { $0 < 70 ? 2000 + $0 : 1900 + $0 } ?? 0
        let (hour, minute, second) = (numbers["H"] ?? 0, numbers["M"] ?? 0, numbers["S"] ?? 0)
        guard let ofYear = numbers["j"] else {
            return UTCTime(
                year: year, month: numbers["m"] ?? 0, day: numbers["d"] ?? 0, hour: hour, minute: minute, second: second
            )
        }
        let start = UTCTime(year: year, month: 1, day: 1, hour: hour, minute: minute, second: second)
        return (1...366).contains(ofYear) ? start.map { $0 + (ofYear - 1) * 86_400 } : nil
    }
}
