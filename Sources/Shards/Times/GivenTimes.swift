// The times of frames as a person gives them: a first time and a step, or a step alone.

/// What `--times` says: "2010-08-26T00:00,300", or "300" where only the step is known. A step is in seconds, or has a
/// unit: 300s, 5min, 1h.
package struct GivenTimes: Equatable, Sendable {
    package let first: UTCTime?
    /// The seconds from a frame to the next.
    package let step: Int

    /// Nil for any other text.
    package init?(_ text: String) {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        guard parts.count <= 2, let step = Self.seconds(parts[parts.count - 1]) else { return nil }
        self.step = step
        if parts.count == 2 {
            guard let time = UTCTime(String(parts[0])) else { return nil }
            first = time
        } else {
            first = nil
        }
    }

    private static func seconds(_ text: Substring) -> Int? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let units = ["": 1, "s": 1, "min": 60, "h": 3600, "d": 86_400]
        guard let number = Int(digits), let unit = units[String(text.dropFirst(digits.count))] else { return nil }
        return (1...366 * 86_400 / unit).contains(number) ? number * unit : nil
    }
}
