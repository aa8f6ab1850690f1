// The films in a folder of frames. The choice: where every name tells a time, all frames below the folder are films by their
// times, in whatever folders of years and days they lie; else each folder is a clip in the order of its numbers.

import Formats

/// A folder of files with a frame each.
package struct FrameFolder {
    package let films: [any FrameSeries]
    /// The numbers of frames of clips that are too short for a sequence.
    package let shorter: [Int]
    /// Sentences about what was ignored, and about clips whose frames may not be evenly spaced.
    package let remarks: [String]
    /// What was taken for a time, in words; nil if names tell none.
    package let timesReading: String?

    /// Reads the names, and the sizes of the first frames.
    ///
    /// - Parameters:
    ///   - cutting: how the films will be cut; clips without times that are too short are not opened.
    ///   - asGray: whether colors become one channel.
    ///   - format: the form of the times in names; nil to look for a usual one.
    ///   - given: the times that a person gives in place of those of the names.
    /// - Throws: `ShardError` for a folder without frames, and for two frames of one number or time.
    package init(
        _ folder: String, cutting: FilmCutting, asGray: Bool, format: TimeFormat? = nil, given: GivenTimes? = nil
    ) throws {
        let tree = try FrameTree(folder)
        if given == nil, let times = try tree.times(format) {
            films = try tree.films(times.times).map {
                try FolderFilm(folder, files: $0.files, times: $0.times, asGray: asGray)
            }
            (shorter, remarks, timesReading) = ([], tree.remarks, "\(folder): \(times.reading)")
            return
        }
        let found = try ClipFolder(folder), usable = found.clips.filter { $0.files.count >= cutting.span }
        if given?.first != nil, found.clips.count > 1 {
            throw ShardError(
                "\(folder) holds \(found.clips.count) clips, and --times gives the time of one; give the step alone")
        }
        films = try usable.map { clip in
            let times = given.flatMap { given in
                given.first.map { first in clip.files.indices.map { first + $0 * given.step } }
            }
            return try FolderFilm(clip.folder, files: clip.files, times: times, asGray: asGray)
        }
        shorter = found.clips.map(\.files.count).filter { $0 < cutting.span }
        (remarks, timesReading) = (try found.remarks + Self.oddities(of: usable), nil)
    }

    /// A sentence about the first clip with irregular frame numbers, and the count of the others; empty if there is
    /// none.
    private static func oddities(of clips: [ClipFrames]) throws -> [String] {
        let numbers = clips.map(FrameNumbers.init)
        for clip in numbers { try clip.requireDifferent() }
        let odd = zip(clips, numbers).compactMap { clip, numbers in numbers.oddity.map { "\(clip.folder): \($0)" } }
        guard let first = odd.first else { return [] }
        let more = odd.count - 1
        return [first + (more == 0 ? "" : "; so it is, or alike, in \(more) other clip\(more == 1 ? "" : "s")")]
    }
}
