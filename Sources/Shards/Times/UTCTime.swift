// A moment as data sets write it: 2010-08-26T06:00:00Z. The choice: whole seconds in the proleptic Gregorian calendar and in
// UTC, computed with integers, so that no time zone of a machine and no rounding of a float moves a frame.

import Foundation

/// A moment in whole seconds, in UTC.
package struct UTCTime: Hashable, Sendable {
    /// The seconds since 1970-01-01T00:00:00Z, without leap seconds.
    package let seconds: Int

    /// The times whose texts are understood.
    static let known =
        UTCTime(
            year: TimeScanner.years.lowerBound, month: 1, day: 1)!...UTCTime(
            year: TimeScanner.years.upperBound, month: 12, day: 31)!

    package init(seconds: Int) { self.seconds = seconds }

    /// The nearest whole second; of what no calendar has, one that is not known.
    package init(_ date: Date) { seconds = Int(exactly: date.timeIntervalSince1970.rounded()) ?? .max }

    package var date: Date { Date(timeIntervalSince1970: Double(seconds)) }

    /// Nil for a day or an hour that does not exist.
    package init?(year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0) {
        guard (1...9999).contains(year), (1...12).contains(month), (1...Self.days(month, year)).contains(day),
            (0..<24).contains(hour), (0..<60).contains(minute), (0..<60).contains(second)
        else { return nil }
        seconds = ((Self.day(year, month, day) * 24 + hour) * 60 + minute) * 60 + second
    }

    package static func + (time: UTCTime, seconds: Int) -> UTCTime { UTCTime(seconds: time.seconds + seconds) }

    private static func isLeap(_ year: Int) -> Bool {
        year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
    }

    private static func days(_ month: Int, _ year: Int) -> Int {
        month == 2 ? (isLeap(year) ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
    }

    /// The number of days from 1970-01-01 to a day. Years are counted from March, so that a leap day ends one.
    private static func day(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year, place = (month + 9) % 12
        return shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + (153 * place + 2) / 5 + day - 719_469
    }
}

extension UTCTime: Comparable {
    package static func < (one: UTCTime, other: UTCTime) -> Bool { one.seconds < other.seconds }
}

extension UTCTime: CustomStringConvertible {
    package var description: String {
        let (days, rest) = Self.parts(seconds, 86_400), (year, month, day) = Self.calendar(days)
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let years = String(String(10_000 + year).suffix(4))
        return "\(years)-\(two(month))-\(two(day))T\(two(rest / 3600)):\(two(rest / 60 % 60)):\(two(rest % 60))Z"
    }

    /// The quotient rounded down, and the rest, which is not negative.
    private static func parts(_ number: Int, _ divisor: Int) -> (Int, Int) {
        let rest = number % divisor
        return rest < 0 ? (number / divisor - 1, rest + divisor) : (number / divisor, rest)
    }

    /// The year, month and day so many days after 1970-01-01, by eras of 400 years.
    private static func calendar(_ days: Int) -> (Int, Int, Int) {
        let (era, place) = parts(days + 719_468, 146_097)
        let year = (place - place / 1460 + place / 36_524 - place / 146_096) / 365
        let dayOfYear = place - (365 * year + year / 4 - year / 100), month = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * month + 2) / 5 + 1
        return (era * 400 + year + (month >= 10 ? 1 : 0), month < 10 ? month + 3 : month - 9, day)
    }
}

extension UTCTime: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer(), text = try container.decode(String.self)
        guard let time = UTCTime(text), time.description == text else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "no time")
        }
        self = time
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension UTCTime {
    /// Parses a time in one of the forms of `TimeScanner`, or a day, of which it is the beginning; nil for any other
    /// text.
    package init?(_ text: String) {
        let bytes = [UInt8](text.utf8)
        if let (time, range) = TimeScanner.time(in: bytes),
            range == 0..<bytes.count || range == 0..<bytes.count - 1 && bytes.last == UInt8(ascii: "Z")
        {
            self = time
        } else if bytes.count == 10, let midnight = TimeScanner.time(in: bytes + "T00:00".utf8) {
            self = midnight.time
        } else {
            return nil
        }
    }
}
