// An archive of frames: an HDF5 or NetCDF-4 file, a Zarr folder, or a folder with a file for each time. The choice: it is known
// by what is in it, and says in one line as what it was read.

import Foundation
import Formats

/// The films of an archive, and in what way it was read.
package struct Archive {
    package let films: [any FrameSeries]
    /// A sentence about how it was read.
    package let remark: String

    /// The endings of HDF5 files, by which a folder of them is known.
    private static let endings: Set<String> = ["h5", "hdf", "hdf5", "he5", "nc", "nc4", "netcdf", "cdf"]

    /// Opens what is at a path; nil if it is not an archive.
    ///
    /// Throws `FormatError` for damaged files, and `ShardError` where it asks what is meant.
    package static func open(_ path: String, _ options: ArchiveOptions = ArchiveOptions()) throws -> Archive? {
        if try Folder.isOne(path) {
            if try ZarrStore.isOne(path) { return try Archive(ZarrStore(path: path), options) }
            let files = try files(in: path)
            return files.isEmpty ? nil : try Archive(folder: path, files: files, options)
        }
        guard try Folder.holds(path) else { return nil }
        if try HDF5File.isOne(path) { return try Archive(HDF5File(path: path), options) }
        // A file with such a name that is something else is refused by its reader, which says what it is.
        return hasEnding(path) ? try Archive(HDF5File(path: path), options) : nil
    }

    private static func hasEnding(_ name: String) -> Bool {
        endings.contains(URL(fileURLWithPath: name).pathExtension.lowercased())
    }

    /// The files of a folder and of the folders in it, by name; hidden ones are none.
    private static func files(in folder: String, depth: Int = 0) throws -> [String] {
        var files: [String] = []
        for name in try (Folder.names(in: folder) ?? []).sorted() where !name.hasPrefix(".") {
            let path = "\(folder)/\(name)"
            if hasEnding(name) {
                files.append(path)
            } else if depth < 6, try Folder.isOne(path) {
                files += try Self.files(in: path, depth: depth + 1)
            }
        }
        return files
    }

    /// One file or folder that holds all.
    private init(_ store: any ArrayStore, _ options: ArchiveOptions) throws {
        let found = try ArchiveContents(store, options).found()
        // The films of one array share it.
        var arrays: [String: any StoredArray] = [:]
        let films = try found.films.map { draft in
            let array = try arrays[draft.array] ?? store.array(draft.array)
            arrays[draft.array] = array
            return ArchiveFilm(draft, of: array, isKept: true) { array }
        }
        self.init(try films.timed(options.times, store.path), path: store.path, found.what, files: 1)
    }

    /// A folder of files that each hold the frames of some times, or films of their own.
    private init(folder: String, files: [String], _ options: ArchiveOptions) throws {
        var parts: [ArchiveFilm] = [], what: String?, hasSeveral = false
        for file in files {
            let store = try HDF5File(path: file), found = try ArchiveContents(store, options).found()
            guard what == nil || what == found.what else {
                throw ShardError("\(file) is read as \(found.what), and \(files[0]) as \(what!); split what is alike")
            }
            what = found.what
            hasSeveral = hasSeveral || found.films.count > 1
            for draft in found.films {
                var draft = draft
                let array = draft.array
                // The words about the grid are those of the first file: years of files would fill the memory with them.
                if let first = parts.first?.values { draft.values.attributes = first.attributes }
                parts.append(
                    ArchiveFilm(draft, of: try store.array(array), isKept: false) {
                        try HDF5File(path: file).array(array)
                    })
            }
        }
        let films: [any FrameSeries]
        if hasSeveral {
            films = try parts.timed(options.times, folder)
        } else {
            films = [try JoinedFilm(try parts.named(files, options), name: folder)]
        }
        self.init(films, path: folder, what ?? "", files: files.count)
    }

    private init(_ films: [any FrameSeries], path: String, _ what: String, files: Int) {
        self.films = films
        let frames = films.reduce(0) { $0 + $1.count }
        var words = ["\(path): read as \(what)"]
        if let first = films.first {
            let unit = first.values?.unit.map { " in \($0)" } ?? ""
            words[0] += unit
            words.append(
                "\(frames) frame\(frames == 1 ? "" : "s") of \(first.height) x \(first.width)"
                    + (first.channels == 1 ? "" : " x \(first.channels)")
                    + (files == 1 ? "" : " in \(files) files") + (films.count == 1 ? "" : " in \(films.count) films"))
            words.append(first.elementType.rawValue)
            if let values = first.values {
                func inWords(_ number: Double) -> String { AttributeValue.numbers([number]).inWords }
                let offset = values.offset == 0 ? "" : " + \(inWords(values.offset))"
                if values.scale != 1 || values.offset != 0 {
                    words.append("value = \(inWords(values.scale)) x number\(offset)")
                }
                if let missing = values.missing { words.append("missing \(inWords(missing))") }
                if let dry = values.undetected { words.append("dry \(inWords(dry.stored))") }
            }
            if let times = first.times, let from = times.first, let to = films.last?.times?.last {
                words.append("\(from.formatted(.iso8601)) to \(to.formatted(.iso8601))")
            }
        }
        remark = words.joined(separator: ", ")
    }
}

extension [ArchiveFilm] {
    /// With the times that a person gives, which are those of one film.
    fileprivate func timed(_ given: GivenTimes?, _ path: String) throws(ShardError) -> [ArchiveFilm] {
        guard let given, let first = given.first else { return self }
        guard count == 1 else {
            throw ShardError("\(path) holds \(count) films, and --times gives the time of one; give the step alone")
        }
        var film = self[0]
        film.times = (0..<film.count).map { (first + $0 * given.step).date }
        return [film]
    }

    /// With the times of the files' names, where files of one frame do not say theirs, or where a form is given; or with those that
    /// a person gives for the files in the order of their names.
    fileprivate func named(_ files: [String], _ options: ArchiveOptions) throws(ShardError) -> [ArchiveFilm] {
        guard allSatisfy({ $0.count == 1 }) else { return self }
        let names = files.map { String($0.split(separator: "/").last ?? "") }
        let times: [UTCTime]?
        if let format = options.timeFormat {
            times = try NameTimes(of: names, format: format).times
        } else if let given = options.times, let first = given.first {
            times = indices.map { first + $0 * given.step }
        } else {
            times = allSatisfy { $0.times == nil } ? NameTimes(recognizing: names)?.times : nil
        }
        guard let times else { return self }
        return zip(self, times).map { film, time in
            var film = film
            film.times = [time.date]
            return film
        }
    }
}
