// Durations in words. The choice: the two largest units that matter, and no more precision than an estimate has.

import Foundation

/// Formats a number of seconds, mostly a fraction of one: "0.472 ms", "12.5 ms", "3.1 s".
package func shortTimeInWords(_ seconds: Double) -> String {
    seconds < 1 ? String(format: "%.3g ms", 1000 * seconds) : String(format: "%.1f s", seconds)
}

/// Formats a number of seconds in words: "45 s", "2 min 05 s", "3 h 12 min", "2 d 04 h".
package func durationInWords(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds < 1e9 else { return "unknown" }
    let whole = Int(max(seconds, 0).rounded())
    func pair(_ value: Int, of unit: String, and rest: Int, of restUnit: String) -> String {
        "\(value) \(unit) \(rest < 10 ? "0" : "")\(rest) \(restUnit)"
    }
    switch whole {
    case ..<60: return "\(whole) s"
    case ..<3600: return pair(whole / 60, of: "min", and: whole % 60, of: "s")
    case ..<86400: return pair(whole / 3600, of: "h", and: whole % 3600 / 60, of: "min")
    default: return pair(whole / 86400, of: "d", and: whole % 86400 / 3600, of: "h")
    }
}
