// Finds the time in a text, such as the name of a file. The choice: year, month, day, hour and minute stand in this order, with
// four digits for the year and two for the rest; the first digits that are a possible time are taken for it.

/// The times in texts: 201008260005, 20100826_0005, 2010-08-26T00:05, each with or without seconds.
enum TimeScanner {
    /// The years that a name may mean; other numbers of as many digits are counters.
    static let years = 1900...2199

    /// The first time in a text, and its place there; nil if there is none.
    static func time(in text: [UInt8]) -> (time: UTCTime, range: Range<Int>)? {
        var position = 0
        while position < text.count {
            guard isDigit(text[position]) else {
                position += 1
                continue
            }
            if let found = time(in: text, at: position) { return found }
            while position < text.count, isDigit(text[position]) { position += 1 }
        }
        return nil
    }

    /// The time whose year begins at a place.
    private static func time(in text: [UInt8], at start: Int) -> (time: UTCTime, range: Range<Int>)? {
        var scanner = Scanner(text: text, position: start)
        guard let year = scanner.number(4), years.contains(year) else { return nil }
        let dash = scanner.separator(of: "-_./")
        guard let month = scanner.number(2), scanner.separator(of: "-_./") == dash, let day = scanner.number(2) else {
            return nil
        }
        _ = scanner.separator(of: "Tt-_. ")
        guard let hour = scanner.number(2) else { return nil }
        let colon = scanner.separator(of: ":-_.h")
        guard let minute = scanner.number(2) else { return nil }
        var second = 0, behind = scanner
        if behind.separator(of: ":-_.m") == colon, let number = behind.number(2), !behind.isAtDigit {
            (second, scanner) = (number, behind)
        }
        guard !scanner.isAtDigit else { return nil }
        let time = UTCTime(year: year, month: month, day: day, hour: hour, minute: minute, second: second)
        return time.map { ($0, start..<scanner.position) }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private struct Scanner {
        let text: [UInt8]
        var position: Int

        var isAtDigit: Bool { position < text.count && isDigit(text[position]) }

        /// A number of exactly so many digits.
        mutating func number(_ digits: Int) -> Int? {
            guard position + digits <= text.count else { return nil }
            var number = 0
            for byte in text[position..<position + digits] {
                guard isDigit(byte) else { return nil }
                number = number * 10 + Int(byte - 0x30)
            }
            position += digits
            return number
        }

        /// Takes one of these characters if it comes next.
        mutating func separator(of characters: String) -> UInt8? {
            guard position < text.count, characters.utf8.contains(text[position]) else { return nil }
            position += 1
            return text[position - 1]
        }
    }
}
