// A duration as people and batch systems write it. The choice: a number without a unit is refused, because it
// could mean seconds or, as in sbatch, minutes.

/// The time for which a process may run.
package struct TimeLimit: Sendable, Equatable, CustomStringConvertible {
    package let seconds: Double

    /// The text from which it was parsed.
    package let description: String

    package static let forms = "90s, 30m, 2h, 1h30m, 30:00, 12:00:00 or 1-12:00:00"

    /// Parses a duration; nil if the text is not one, or if it is zero.
    ///
    /// The forms are `1d2h30m10s` or parts of it, and those of sbatch: minutes:seconds, hours:minutes:seconds,
    /// days-hours, days-hours:minutes and days-hours:minutes:seconds.
    package init?(_ text: String) {
        guard let seconds = Self.withUnits(text) ?? Self.withColons(text), (1...1e9).contains(seconds) else {
            return nil
        }
        (self.seconds, description) = (seconds, text)
    }

    private static func withUnits(_ text: String) -> Double? {
        let form = /(?:([0-9]+)d)?(?:([0-9]+)h)?(?:([0-9]+)m)?(?:([0-9]+)s)?/
        guard let match = text.wholeMatch(of: form) else { return nil }
        return sum([(match.1, 86_400), (match.2, 3600), (match.3, 60), (match.4, 1)])
    }

    private static func withColons(_ text: String) -> Double? {
        if let match = text.wholeMatch(of: /([0-9]+)-([0-9]+)(?::([0-9]+))?(?::([0-9]+))?/) {
            return sum([(match.1, 86_400), (match.2, 3600), (match.3, 60), (match.4, 1)])
        }
        guard let match = text.wholeMatch(of: /(?:([0-9]+):)?([0-9]+):([0-9]+)/) else { return nil }
        return sum([(match.1, 3600), (match.2, 60), (match.3, 1)])
    }

    /// The sum of the parts in seconds; nil if there are none.
    private static func sum(_ parts: [(digits: Substring?, unit: Double)]) -> Double? {
        let numbers = parts.compactMap { part in part.digits.flatMap { Double($0) }.map { $0 * part.unit } }
        return numbers.isEmpty ? nil : numbers.reduce(0, +)
    }
}

extension TimeLimit: Codable {
    package init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer(), text = try value.decode(String.self)
        guard let limit = TimeLimit(text) else {
            throw DecodingError.dataCorruptedError(
                in: value, debugDescription: "\(text) is not a time such as \(Self.forms)")
        }
        self = limit
    }

    package func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        try value.encode(description)
    }
}
