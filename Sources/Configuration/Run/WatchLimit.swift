// The time limit of the watchdog. The choice: one word or one number, so that it can be an option and a key alike.

import Foundation

/// The time limit of the watchdog.
package enum WatchLimit: Sendable, Equatable {
    /// A minute, or 20 times the slowest recent step if that is longer.
    case automatic

    /// A fixed limit per step, in seconds.
    case seconds(Double)

    case off

    package init?(_ text: String) {
        switch text {
        case "automatic": self = .automatic
        case "off": self = .off
        default:
            guard let seconds = Double(text), seconds > 0, seconds <= Self.longest else { return nil }
            self = .seconds(seconds)
        }
    }

    package var text: String {
        switch self {
        case .automatic: "automatic"
        case .seconds(let seconds): String(format: "%g", seconds)
        case .off: "off"
        }
    }

    /// The largest limit in seconds: about a year.
    package static let longest = 3e7

    /// The smallest limit per step, in seconds.
    package var least: Double { if case .seconds(let seconds) = self { seconds } else { 60 } }
}

/// In a file: its text, or a number of seconds.
extension WatchLimit: Codable {
    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let limit = WatchLimit(text) else {
            throw TrainingError.usage(
                "watchdog is \(text) and must be seconds (up to \(Self.longest)), automatic or off")
        }
        self = limit
    }

    package func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        try value.encode(text)
    }
}
