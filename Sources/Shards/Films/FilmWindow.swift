// Sequences as windows on films, and which of them belong to training, validation and test. The choice: windows are held back
// from the end, and those that reach across a border, or too near to it, belong to no part, so that no frame is in two.

/// A sequence by its place in a run of frames.
struct FilmWindow: Equatable {
    /// The number of the run and of its film.
    var run: Int, film: Int
    /// The first place in the run, and the last.
    var first: Int, last: Int
    /// The times of both; nil if times are not known.
    var times: ClosedRange<UTCTime>?

    /// All windows on a run.
    static func windows(on run: FilmRun, number: Int, _ cutting: FilmCutting) -> [FilmWindow] {
        guard run.frames.count >= cutting.span else { return [] }
        return Swift.stride(from: 0, through: run.frames.count - cutting.span, by: cutting.stride).map { first in
            let last = first + cutting.span - 1
            return FilmWindow(
                run: number, film: run.film, first: first, last: last, times: run.times.map { $0[first]...$0[last] })
        }
    }

    /// Whether a window stands before another one; those of unknown times stand in the order of the films.
    static func isBefore(_ one: FilmWindow, _ other: FilmWindow) -> Bool {
        if let times = one.times, let others = other.times, times.lowerBound != others.lowerBound {
            return times.lowerBound < others.lowerBound
        }
        return (one.film, one.run, one.first) < (other.film, other.run, other.first)
    }

    /// Whether at least `gap` frames lie between the end of this window and the start of a later one.
    func ends(before other: FilmWindow, gap: Int, step: Int) -> Bool {
        if let times, let others = other.times {
            return times.upperBound.seconds + gap * step < others.lowerBound.seconds
        }
        return film != other.film || run != other.run || last + gap < other.first
    }
}

extension [FilmWindow] {
    /// The windows of each part, of windows in order.
    ///
    /// - Parameter step: the seconds from a frame of the source to the next, if times are known.
    /// - Throws: `ShardError` if no window is left to train on, or none begins at a given time.
    func divided(by division: Division, step: Int, name: String) throws(ShardError) -> [[FilmWindow]] {
        var left = self[...], parts: [[FilmWindow]] = []
        for (part, option) in [(division.test, "--test"), (division.validation, "--validation")] {
            let held = try left.suffix(of: part, ofAll: count, option, name)
            parts.insert(Array(held), at: 0)
            left = left.prefix(left.count - held.count)
            guard let border = held.first else { continue }
            while let last = left.last, !last.ends(before: border, gap: division.gap, step: step) { left.removeLast() }
        }
        guard !left.isEmpty else {
            throw ShardError(
                "holding back \(parts[0].count) sequences for validation and \(parts[1].count) for testing leaves none of the "
                    + "\(count) to train on, as sequences across a border belong to neither side; hold back fewer")
        }
        return [Array(left)] + parts
    }
}

extension ArraySlice<FilmWindow> {
    fileprivate func suffix(
        of part: Division.Part, ofAll total: Int, _ option: String, _ name: String
    ) throws(ShardError) -> ArraySlice<FilmWindow> {
        switch part {
        case .amount(let amount): return suffix(Swift.min(count, amount.count(of: total)))
        case .from(let time):
            guard let last = last?.times?.lowerBound else {
                throw ShardError(
                    "\(option)-from is a time, and the times of \(name) are not known; give --times or --time-format")
            }
            guard last >= time else {
                throw ShardError(
                    "\(option)-from is \(time), and the last sequence before what is held back begins at \(last)")
            }
            return self[(firstIndex { $0.times.map { $0.lowerBound >= time } ?? false } ?? endIndex)...]
        }
    }
}
