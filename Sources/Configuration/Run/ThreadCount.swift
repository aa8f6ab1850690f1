// The number of threads of each rank. The choice: one word or one number, so that it can be an option and a key alike.

import Platform

/// The number of threads per rank, as it is asked for.
package enum ThreadCount: Sendable, Equatable {
    /// One for each physical core that is the rank's own, if the batch has sequences for them.
    case automatic

    case count(Int)

    package static let word = "automatic"

    /// nil for a text that is neither the word nor a whole number; any number does, and is checked with its limits.
    package init?(_ text: String) {
        if text == Self.word {
            self = .automatic
        } else if let count = Int(text) {
            self = .count(count)
        } else {
            return nil
        }
    }

    /// The number; nil for automatic.
    package var number: Int? { if case .count(let count) = self { count } else { nil } }
}

/// In a file: the word, or a number.
extension ThreadCount: Codable {
    package init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        do {
            self = .count(try value.decode(Int.self))
            return
        } catch {}  // Then it has to be the word.
        let text = try value.decode(String.self)
        guard let count = ThreadCount(text) else {
            let limits = TrainingConfiguration.Limits.threads
            throw TrainingError.usage(
                "threads is \(text.quotable()) and must be \(Self.word), or a number from \(limits.lowerBound) to "
                    + "\(limits.upperBound)")
        }
        self = count
    }

    package func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        switch self {
        case .automatic: try value.encode(Self.word)
        case .count(let count): try value.encode(count)
        }
    }
}
