// Times as archives write them, all in UTC. The choice: their forms alone are read here; days are counted
// by `UTCTime`.

import Foundation
import Formats

enum ArchiveTime {
    /// The time of a date; nil if there is no such date or time of day.
    static func date(
        _ year: Int, _ month: Int, _ day: Int, _ hour: Int = 0, _ minute: Int = 0, _ second: Double = 0
    ) -> Date? {
        guard second >= 0, second < 61 else { return nil }
        let minute = UTCTime(year: year, month: month, day: day, hour: hour, minute: minute)
        return minute?.date.addingTimeInterval(second)
    }

    /// ODIM's date YYYYMMDD and time HHmmss.
    static func odim(date: String?, time: String?) -> Date? {
        guard let date = date?.wholeMatch(of: /(\d{4})(\d{2})(\d{2})/)?.output,
            let time = time?.wholeMatch(of: /(\d{2})(\d{2})(\d{2})?(\.\d*)?/)?.output
        else { return nil }
        return self.date(
            Int(date.1)!, Int(date.2)!, Int(date.3)!, Int(time.1)!, Int(time.2)!, time.3.map { Double($0)! } ?? 0)
    }

    /// KNMI's time such as 26-AUG-2010;00:00:00.000.
    static func knmi(_ text: String?) -> Date? {
        guard
            let parts = text?.wholeMatch(of: /(\d{1,2})-([A-Za-z]{3})-(\d{4});(\d{2}):(\d{2}):(\d{2}(?:\.\d*)?)/)?
                .output,
            let month = months.firstIndex(of: parts.2.uppercased())
        else { return nil }
        return date(Int(parts.3)!, month + 1, Int(parts.1)!, Int(parts.4)!, Int(parts.5)!, Double(parts.6) ?? 0)
    }

    private static let months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
}

/// A unit of times after the CF conventions, such as "minutes since 2010-08-26 00:00:00".
///
/// Source: NetCDF Climate and Forecast Metadata Conventions 1.11, section 4.4.
struct CFTimeUnit {
    private let seconds: Double
    private let start: Date

    /// Throws `ShardError` for calendars whose days are not those of UTC, and for months and years, whose lengths differ.
    init(_ text: String, calendar: String?, file: String) throws(ShardError) {
        let pattern =
            /\s*(\w+)\s+since\s+(\d{1,4})-(\d{1,2})-(\d{1,2})(?:[T\s]+(\d{1,2}):(\d{1,2})(?::(\d{1,2}(?:\.\d*)?))?)?\s*(Z|UTC|GMT|[+-]\d{1,2}(?::?\d{2})?)?\s*/
        func refused(_ what: String) -> ShardError {
            ShardError(
                "\(file) has times in \(what); write them in seconds, minutes, hours or days since a date of UTC")
        }
        guard let parts = text.wholeMatch(of: pattern)?.output else { throw refused("\"\(text.quotable)\"") }
        switch parts.1.lowercased() {
        case "s", "sec", "secs", "second", "seconds": seconds = 1
        case "m", "min", "mins", "minute", "minutes": seconds = 60
        case "h", "hr", "hrs", "hour", "hours": seconds = 3600
        case "d", "day", "days": seconds = 86_400
        case "ms", "msec", "milliseconds", "millisecond": seconds = 1e-3
        case "us", "microseconds", "microsecond": seconds = 1e-6
        case "ns", "nanoseconds", "nanosecond": seconds = 1e-9
        default: throw refused("\"\(text.quotable)\"")
        }
        let calendar = calendar?.lowercased() ?? "standard"
        guard ["standard", "gregorian", "proleptic_gregorian"].contains(calendar) else {
            throw refused("the calendar \(calendar.quotable)")
        }
        guard
            let date = ArchiveTime.date(
                Int(parts.2)!, Int(parts.3)!, Int(parts.4)!, parts.5.map { Int($0)! } ?? 0,
                parts.6.map { Int($0)! } ?? 0,
                parts.7.map { Double($0) ?? 0 } ?? 0),
            // Before, the calendar of the standard is Julian.
            Int(parts.2)! > 1582 || calendar == "proleptic_gregorian"
        else { throw refused("\"\(text.quotable)\"") }
        start = date.addingTimeInterval(-Self.zone(parts.8.map(String.init)))
    }

    /// Whether a unit may be one of times.
    static func mayBe(_ unit: String?) -> Bool { unit?.contains(" since ") ?? false }

    /// The seconds by which a zone such as +02:00 is ahead.
    private static func zone(_ text: String?) -> Double {
        guard let text, let sign = text.first, sign == "+" || sign == "-" else { return 0 }
        let digits = text.dropFirst().filter(\.isNumber), hours = Double(digits.prefix(2)) ?? 0
        return (sign == "-" ? -1 : 1) * (hours * 3600 + (Double(digits.dropFirst(2)) ?? 0) * 60)
    }

    /// The time of a number, to the millisecond; nil if it is none.
    func date(_ number: Double) -> Date? {
        let since = (number * seconds * 1000).rounded() / 1000
        guard since.isFinite, abs(since) < 1e12 else { return nil }
        return start.addingTimeInterval(since)
    }
}
