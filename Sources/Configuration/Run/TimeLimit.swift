// A length of time as people and batch systems write it. The choice: a number without a unit is refused, since it would
// be seconds to some and minutes to sbatch.

/// For how long a process may run.
package struct TimeLimit: Sendable, Equatable, CustomStringConvertible {
    package let seconds: Double

    /// As it was given.
    package let description: String

    package static let forms = "90s, 30m, 2h, 1h30m, 30:00, 12:00:00 or 1-12:00:00"

    /// Nil for what is no time, or none at all.
    ///
    /// With units, `1d2h30m10s` or parts of it; or as sbatch writes it: minutes:seconds, hours:minutes:seconds, and in
    /// front of hours, hours:minutes or all three the days and a hyphen.
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

    /// Nil where there are no parts at all.
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
                in: value, debugDescription: "\(text) is no time such as \(Self.forms)")
        }
        self = limit
    }

    package func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        try value.encode(description)
    }
}
