// All runs of frames of several films, with what is told about them. The choice: times count if every film has them.

/// The runs of films.
struct TimedRuns {
    let runs: [FilmRun]
    /// The step of the times; nil if times are not known.
    let clock: FilmClock?
    private let gaps: FilmRun.Gaps
    private let name: String

    /// Throws `ShardError` for times that do not ascend, and for frames to be filled in without times.
    init(_ films: [any FrameSeries], name: String, _ cutting: FilmCutting) throws(ShardError) {
        let times = films.compactMap { $0.times.map { $0.map { UTCTime($0) } } }
        let isKnown = times.count == films.count && !films.isEmpty
        guard isKnown || cutting.mostFilled == 0 else {
            throw ShardError(
                "the times of \(name) are not known, so that no gaps can be filled; give --times or --time-format")
        }
        if let strange = times.joined().first(where: { !UTCTime.known.contains($0) }) {
            throw ShardError(
                "\(name) has a time \(strange.seconds) s from 1970, and times are from \(UTCTime.known.lowerBound) to "
                    + "\(UTCTime.known.upperBound); give --times")
        }
        var gaps = FilmRun.Gaps()
        // Films of a single frame have times and no step.
        clock = isKnown ? try FilmClock(films, times) ?? FilmClock(step: 0) : nil
        if let clock {
            runs = times.enumerated().flatMap {
                FilmRun.runs($0, $1, clock, mostFilled: cutting.mostFilled, &gaps)
            }
        } else {
            runs = films.enumerated().map { FilmRun.whole($1, $0) }
        }
        (self.gaps, self.name) = (gaps, name)
    }

    /// The windows on all runs, in order.
    func windows(_ cutting: FilmCutting) -> [FilmWindow] {
        runs.enumerated().flatMap { FilmWindow.windows(on: $1, number: $0, cutting) }.sorted(by: FilmWindow.isBefore)
    }

    /// The number of frames that are in no window.
    func leftOver(_ windows: [FilmWindow], _ cutting: FilmCutting) -> Int {
        var used = runs.map { [Bool](repeating: false, count: $0.frames.count) }
        for window in windows {
            for place in stride(from: window.first, through: window.last, by: cutting.every) {
                used[window.run][place] = true
            }
        }
        return zip(runs, used).reduce(0) { sum, run in
            sum + zip(run.0.frames, run.1).count { $0 != nil && !$1 }
        }
    }

    /// The error that no run is long enough for a sequence.
    func tooShort(_ name: String, _ cutting: FilmCutting, longestOther: Int) -> ShardError {
        let most = max(longestOther, runs.map(\.frames.count).max() ?? 0)
        let what = clock == nil ? "clip" : "run of frames without a gap"
        let longest = "the longest \(what) of \(name) has \(most) frame\(most == 1 ? "" : "s")"
        let frames = (most + cutting.every - 1) / cutting.every
        return ShardError(
            "\(longest); give --frames of at most \(frames)\(cutting.every > 1 ? ", or a lower --every" : "")")
    }

    /// A frame of missing pixels; empty if none is needed.
    func missingFrame(
        _ numbers: StoredNumbers, _ film: any FrameSeries, _ name: String
    ) throws(ShardError) -> [UInt8] {
        guard gaps.filled > 0 else { return [] }
        guard let missing = numbers.missingBytes else {
            throw ShardError(
                "\(name) lacks frames, which would be filled with missing pixels, and no number stands for these; give "
                    + "--missing, or leave out --fill-gaps")
        }
        return (0..<film.height * film.width * film.channels).flatMap { _ in missing }
    }

    /// The times in words, with the gaps.
    var inWords: String? {
        guard let clock, let times = runs.first?.times, let last = runs.last?.times?.last else { return nil }
        let frames = runs.reduce(0) { $0 + $1.frames.count { $0 != nil } }
        let cuts =
            gaps.cuts == 0
            ? "no gaps"
            : "\(gaps.cuts) gap\(gaps.cuts == 1 ? "" : "s") of up to \(gaps.longest) s, which no sequence crosses"
        let filled =
            gaps.filled == 0 ? "" : "; \(gaps.filled) frame\(gaps.filled == 1 ? " is" : "s are") filled in as missing"
        let apart = clock.step == 0 ? "" : ", \(clock.step) s apart"
        return "\(frames) frames from \(times[0]) to \(last)\(apart), \(cuts)\(filled)"
    }
}
