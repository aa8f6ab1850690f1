// The times of frames by the names of their files. The choice: names tell times only if each of them does, each another
// one; what was taken for a time is told with an example.

/// The times that the names of files tell.
package struct NameTimes: Sendable {
    /// The time of each file, in the order of the names.
    package let times: [UTCTime]
    /// A clause with an example.
    package let reading: String

    /// The times of names without a given form; nil if not every name has one.
    package init?(recognizing names: [String]) {
        guard let times = Self.all(names, { TimeScanner.time(in: [UInt8]($0.utf8))?.time }), let first = names.first,
            let range = TimeScanner.time(in: [UInt8](first.utf8))?.range
        else { return nil }
        let example = String(decoding: [UInt8](first.utf8)[range], as: UTF8.self)
        self.init(times, "times are told by names: \(example) is \(times[0])")
    }

    /// The times of names of a given form.
    ///
    /// Throws `ShardError` that shows a name which is not of this form.
    package init(of names: [String], format: TimeFormat) throws(ShardError) {
        guard let times = Self.all(names, format.time) else {
            let other = names.first { format.time(in: $0) == nil } ?? ""
            throw ShardError(
                "\(other) has no time of the form \(format.text) in its name; give another --time-format, or move it elsewhere"
            )
        }
        self.init(times, "times are told by names: \(names[0]) is \(times[0])")
    }

    private init(_ times: [UTCTime], _ reading: String) { (self.times, self.reading) = (times, reading) }

    private static func all(_ names: [String], _ time: (String) -> UTCTime?) -> [UTCTime]? {
        var times: [UTCTime] = []
        times.reserveCapacity(names.count)
        for name in names {
            guard let time = time(name) else { return nil }
            times.append(time)
        }
        return times.isEmpty ? nil : times
    }
}
