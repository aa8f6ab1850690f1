// The sequences cut out of films. The choice: a window of fixed length slides over each run of frames without a gap; a frame is
// read once, and dropped once the windows of a block have passed it.

import Formats

/// Sequences of frames of one or several films, in the order of their times, or of the films.
package final class FilmSequences: RawSequences {
    package let geometry: SequenceGeometry
    package let elementType: ElementType
    package let facts: SequenceFacts
    /// The number of films that are too short for a sequence, and of frames that are in no sequence.
    package let tooShort: Int, leftOver: Int
    /// A sentence about the times of the frames; nil if they are not known.
    package let timesInWords: String?

    private let name: String
    private let films: [any FrameSeries]
    private let runs: [FilmRun]
    private let windows: [FilmWindow]
    private let cutting: FilmCutting
    /// The seconds between frames of the source.
    private let step: Int
    /// A frame of which all pixels are missing, and whether a number may be NaN.
    private let missingFrame: [UInt8]
    private let numbers: StoredNumbers
    /// The frames of the last block.
    private var read: [FramePlace: [UInt8]] = [:]

    /// A frame of a film.
    private struct FramePlace: Hashable, Comparable {
        var film: Int, frame: Int

        static func < (one: FramePlace, other: FramePlace) -> Bool {
            (one.film, one.frame) < (other.film, other.frame)
        }
    }

    /// Cuts films.
    ///
    /// - Parameters:
    ///   - name: the source of the films, for messages.
    ///   - given: what a person says of the numbers.
    ///   - step: the seconds from a frame to the next where the films have no times; nil if that is not known.
    ///   - shorter: the numbers of frames of films that were left out as too short.
    /// - Throws: `ShardError` if no film is long enough, if films differ in kind, and for frames to be filled in without
    ///   a number that is missing.
    package init(
        _ films: [any FrameSeries], name: String, cutting: FilmCutting, given: GivenMeaning = GivenMeaning(),
        step: Int? = nil, shorter: [Int] = []
    ) throws {
        (self.films, self.name, self.cutting) = (films, name, cutting)
        let timed = try TimedRuns(films, name: name, cutting)
        runs = timed.runs
        let windows = timed.windows(cutting)
        guard let first = windows.first else {
            throw timed.tooShort(name, cutting, longestOther: shorter.max() ?? 0)
        }
        let example = films[first.film]
        (self.windows, self.step, timesInWords) = (windows, timed.clock?.step ?? step ?? 0, timed.inWords)
        geometry = SequenceGeometry(
            frames: cutting.frames, height: example.height, width: example.width, channels: example.channels)
        elementType = example.elementType
        let values = try given.applied(
            to: example.values, storedAs: elementType, step: self.step > 0 ? self.step : nil, in: name)
        numbers = StoredNumbers(elementType, values)
        facts = SequenceFacts(
            values: values, timeStep: self.step > 0 ? Double(self.step * cutting.every) : nil,
            times: timed.clock.map { _ in windows.map { $0.times!.lowerBound } })
        tooShort = shorter.count + Set(films.indices).subtracting(windows.map(\.film)).count
        leftOver = shorter.reduce(timed.leftOver(windows, cutting), +)
        missingFrame = try timed.missingFrame(numbers, example, name)
        try requireAlike(example)
        try checkSize(name, "lower --frames, or make the frames smaller")
    }

    /// Some of the sequences of another source.
    private init(_ other: FilmSequences, _ windows: [FilmWindow]) {
        (geometry, elementType, name) = (other.geometry, other.elementType, other.name)
        (films, runs, cutting, step) = (other.films, other.runs, other.cutting, other.step)
        (missingFrame, numbers, timesInWords) = (other.missingFrame, other.numbers, other.timesInWords)
        (tooShort, leftOver, self.windows) = (other.tooShort, other.leftOver, windows)
        var facts = other.facts
        facts.times = facts.times.map { _ in windows.map { $0.times!.lowerBound } }
        self.facts = facts
    }

    package var count: Int { windows.count }
    package var blocks: [Range<Int>] { blocks(bytesPerSequence: sequenceBytes) }

    package func divided(by division: Division) throws -> (sequences: any RawSequences, splits: [SplitRange]) {
        let parts = try windows.divided(by: division, step: step, name: name)
        var splits: [SplitRange] = []
        for (name, part) in zip(Split.allCases, parts) {
            splits.append(SplitRange(name: name, first: splits.last?.range.upperBound ?? 0, sequences: part.count))
        }
        return (FilmSequences(self, Array(parts.joined())), splits)
    }

    /// Throws `ShardError` unless all films that are in a sequence have frames of one kind.
    private func requireAlike(_ example: any FrameSeries) throws(ShardError) {
        for film in Set(windows.map(\.film)).sorted().map({ films[$0] }) {
            let isAlike =
                (film.height, film.width, film.channels) == (example.height, example.width, example.channels)
                && film.elementType == example.elementType
            guard isAlike else {
                throw ShardError(
                    "\(film.name) holds frames of \(film.kindInWords), and \(example.name) of \(example.kindInWords); "
                        + (film.channels == example.channels
                            ? "bring all frames to one size and type" : "make all frames gray with --gray"))
            }
            guard ValueDescription.areAlike(film.values, example.values) else {
                throw ShardError(
                    "\(film.name) and \(example.name) say different things of what their numbers mean; split them apart"
                )
            }
        }
    }
}

// Reading

extension FilmSequences {
    /// Throws the error of the source that names the frame if it is damaged, and `ShardError` for a number that is not
    /// finite.
    package func bytes(of sequences: Range<Int>) throws -> [UInt8] {
        let places = windows[sequences].map(places)
        try read(Set(places.joined().compactMap { $0 }))
        var bytes = [UInt8]()
        bytes.reserveCapacity(sequences.count * sequenceBytes)
        for place in places.joined() { bytes += place.map { read[$0]! } ?? missingFrame }
        return bytes
    }

    /// The frames of a window; nil for frames that are missing.
    private func places(_ window: FilmWindow) -> [FramePlace?] {
        stride(from: window.first, through: window.last, by: cutting.every).map { place in
            runs[window.run].frames[place].map { FramePlace(film: window.film, frame: $0) }
        }
    }

    /// Makes `read` hold exactly these frames.
    private func read(_ wanted: Set<FramePlace>) throws {
        read = read.filter { wanted.contains($0.key) }
        var missing = wanted.filter { read[$0] == nil }.sorted()[...]
        let most = max(1, (16 << 20) / (geometry.frameElements * elementType.size))
        while let first = missing.first {
            let run = zip(missing.prefix(most), 0...).prefix { place, offset in
                place.film == first.film && place.frame == first.frame + offset
            }
            try read(film: first.film, frames: first.frame..<first.frame + run.count)
            missing = missing.dropFirst(run.count)
        }
    }

    private func read(film number: Int, frames: Range<Int>) throws {
        let film = films[number], size = film.frameBytes
        var bytes = [UInt8](repeating: 0, count: frames.count * size), span = bytes.mutableSpan
        try film.read(frames: frames, into: &span)
        if let odd = numbers.firstOdd(in: bytes) {
            throw ShardError(
                "\(film.name) holds \(odd.value) in frame \(frames.lowerBound + odd.index / (size / elementType.size)); "
                    + numbers.adviceAgainstOdd)
        }
        for frame in frames {
            let start = (frame - frames.lowerBound) * size
            read[FramePlace(film: number, frame: frame)] = [UInt8](bytes[start..<start + size])
        }
    }
}

extension FrameSeries {
    /// The kind of the frames, such as "64 x 64 x 1, uint8".
    var kindInWords: String { "\(height) x \(width) x \(channels), \(elementType.rawValue)" }
}
