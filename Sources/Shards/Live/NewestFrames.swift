// The newest frames of an archive to which frames are still added: what the forecast of the hour begins from. The choice: it is
// opened anew for each forecast, and frames that did not come are frames of missing pixels.

import Foundation

/// The last frames of a folder or file, in the order of their times.
package struct NewestFrames: Sendable {
    package let name: String
    package let height, width, channels: Int

    /// The values in their unit, of shape (frames, height, width, channels), NaN where missing.
    package let values: [Float]

    /// What the source says of its values; nil if nothing.
    package let description: ValueDescription?

    /// The time of the first of these frames, and the seconds from a frame to the next; nil if they are not known.
    package let firstTime: Date?
    package let timeStep: Double?

    /// Sentences about how the source was read.
    package let remarks: [String]

    /// Reads the last `count` frames of what is at a path: an archive, or a folder of frames.
    ///
    /// Throws `ShardError` and `FormatError` for a source that cannot be read or has too few frames without a gap.
    ///
    /// - Parameter unit: the unit that is wanted, if values can be brought to it; nil for that of the source.
    package init(path: String, count: Int, unit: String? = nil) throws {
        let (films, remarks) = try Self.films(path)
        guard let example = films.last else { throw ShardError("\(path) holds no frames; name another folder") }
        let hasTimes = films.allSatisfy { $0.times != nil }
        let timed = try TimedRuns(films, name: path, FilmCutting(frames: count, mostFilled: hasTimes ? count - 1 : 0))
        // Of films without times the last one is the newest.
        guard let run = hasTimes ? timed.runs.max(by: { $0.times!.last! < $1.times!.last! }) : timed.runs.last,
            run.frames.count >= count
        else {
            let found = timed.runs.last?.frames.count ?? 0
            throw ShardError(
                "\(path) ends with \(found) frame\(found == 1 ? "" : "s") without a longer gap, and the network sees \(count); wait "
                    + "for more, or name another folder")
        }
        let frames = run.frames.suffix(count), film = films[run.film]
        let step = timed.clock.flatMap { $0.step > 0 ? Double($0.step) : nil }
        let meaning = unit.flatMap { film.values?.converted(to: $0, step: step) } ?? film.values
        let numbers = StoredNumbers(film.elementType, meaning), pixels = film.height * film.width * film.channels
        var values = [Float](repeating: .nan, count: count * pixels)
        for (place, frame) in frames.enumerated() {
            guard let frame else { continue }
            var bytes = [UInt8](repeating: 0, count: film.frameBytes), span = bytes.mutableSpan
            try film.read(frames: frame..<frame + 1, into: &span)
            var all = values.mutableSpan, part = all.extracting(place * pixels..<(place + 1) * pixels)
            numbers.decode(bytes[...], into: &part)
        }
        name = path
        (height, width, channels) = (example.height, example.width, example.channels)
        (self.values, description) = (values, meaning)
        firstTime = run.times.map { $0[$0.count - count].date }
        timeStep = step
        let lost = frames.count { $0 == nil }
        let gap =
            lost == 0 ? [] : ["\(path): \(lost) of the newest \(count) frames did not come and are missing pixels"]
        let newest = run.times?.last.map { ["\(path): the newest frame is of \($0)"] } ?? []
        self.remarks = remarks + newest + gap
    }

    private static func films(_ path: String) throws -> (films: [any FrameSeries], remarks: [String]) {
        if let archive = try Archive.open(path) { return (archive.films, [archive.remark]) }
        let folder = try FrameFolder(path, cutting: FilmCutting(frames: 1), asGray: false)
        return (folder.films, folder.remarks + [folder.timesReading].compactMap { $0 })
    }
}
