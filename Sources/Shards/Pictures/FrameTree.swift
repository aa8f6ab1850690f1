// All frames below a folder, by the times in their names. The choice: folders whose times do not overlap are one film, as those
// of the days of an archive; folders of overlapping times are films of their own, as those of several radars.

import Formats
import Foundation

/// The files with frames in a folder and the folders below it.
struct FrameTree {
    private let folder: String
    /// The paths of the files, relative to the folder.
    private let files: [String]
    private let strangers: [String]
    /// More than folders of years, months, days and hours.
    private static let deepest = 6

    /// A film by its files and their times, in order.
    struct Film {
        var files: [String], times: [UTCTime]
    }

    init(_ folder: String) throws {
        var found: [String] = [], strangers: [String] = [], open = [(path: "", depth: 0)]
        while let (path, depth) = open.popLast() {
            for name in try Folder.names(in: path.isEmpty ? folder : "\(folder)/\(path)") ?? []
            where !name.hasPrefix(".") {
                let place = path.isEmpty ? name : "\(path)/\(name)"
                if FrameFile.isKnown(name) {
                    found.append(place)
                } else if try depth < Self.deepest && Folder.isOne("\(folder)/\(place)") {
                    open.append((place, depth + 1))
                } else {
                    strangers.append(place)
                }
            }
        }
        let frames = Set(FrameFile.frames(among: found))
        (self.folder, files) = (folder, frames.sorted())
        self.strangers = (strangers + found.filter { !frames.contains($0) }).sorted()
    }

    var remarks: [String] {
        [
            ClipFolder.remark(
                on: strangers, in: folder, one: "file is not a frame and was", several: "files are not frames and were")
        ].compactMap { $0 }
    }

    /// The times of the files; nil if not every name tells one.
    ///
    /// Throws `ShardError` for a name that is not of a given form.
    func times(_ format: TimeFormat?) throws -> NameTimes? {
        guard let format else { return NameTimes(recognizing: files.map { String(FrameFile.stem($0)) }) }
        guard !files.isEmpty else { return nil }
        let isPath = format.text.contains("/")
        return try NameTimes(of: files.map { isPath ? $0 : URL(fileURLWithPath: $0).lastPathComponent }, format: format)
    }

    /// The films, each in the order of its times.
    ///
    /// Throws `ShardError` for two files of one time in a film.
    func films(_ times: [UTCTime]) throws(ShardError) -> [Film] {
        var folders: [String: [(time: UTCTime, file: String)]] = [:]
        for (file, time) in zip(files, times) {
            folders[URL(fileURLWithPath: "/" + file).deletingLastPathComponent().path, default: []].append((time, file))
        }
        let parts = folders.values.map { $0.sorted { ($0.time, $0.file) < ($1.time, $1.file) } }
            .sorted { ($0[0].time, $0[0].file) < ($1[0].time, $1[0].file) }
        let isOne = zip(parts, parts.dropFirst()).allSatisfy { $0.last!.time < $1[0].time }
        var films: [Film] = []
        for part in isOne ? [Array(parts.joined())] : parts {
            if let twice = zip(part, part.dropFirst()).first(where: { $0.time == $1.time }) {
                throw ShardError(
                    "\(folder)/\(twice.0.file) and \(twice.1.file) are both of \(twice.0.time); remove one of them, or give "
                        + "--time-format")
            }
            films.append(Film(files: part.map { "\(folder)/\($0.file)" }, times: part.map(\.time)))
        }
        return films
    }
}
