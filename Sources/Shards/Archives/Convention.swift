// How an archive says what its arrays are. The choice: each convention is asked in turn whether a file is one of its own, the
// ones that name themselves first; what none knows is read by what a person says of it.

import Formats

/// What a person says of an archive.
package struct ArchiveOptions: Equatable, Sendable {
    /// The array, by its name, or by what it holds where the convention names that, such as RATE.
    package var dataset: String?
    /// The order of the array's axes, such as "THW" or "NHWT".
    package var axes: String?
    /// The time of the first frame and the step, for a film that does not say its times.
    package var times: GivenTimes?
    /// The form of times in the names of files, which then count.
    package var timeFormat: TimeFormat?

    /// Whether a scale is given, so that none need be understood.
    package var hasScale = false

    package init(
        dataset: String? = nil, axes: String? = nil, times: GivenTimes? = nil, timeFormat: TimeFormat? = nil,
        hasScale: Bool = false
    ) {
        (self.dataset, self.axes, self.times, self.timeFormat) = (dataset, axes, times, timeFormat)
        self.hasScale = hasScale
    }
}

/// What a convention found in a file.
struct FoundFilms {
    /// The convention and the quantity in a few words, such as "ODIM, RATE".
    var what: String
    var films: [FilmDraft]
}

/// The file that conventions look at.
struct ArchiveContents {
    let store: any ArrayStore
    let arrays: [String]
    let groups: Set<String>
    let root: [String: AttributeValue]
    let options: ArchiveOptions

    init(_ store: any ArrayStore, _ options: ArchiveOptions) throws {
        let names = try store.names()
        (self.store, self.options) = (store, options)
        (arrays, groups) = (names.arrays, Set(names.groups))
        root = try store.attributes(of: "")
    }

    var path: String { store.path }

    /// The name of the array that was asked for, in the form of `arrays`.
    var wanted: String? { options.dataset.map { $0.split(separator: "/").joined(separator: "/") } }

    /// What is said of a group or array; nothing where there is none.
    func attributes(of name: String) throws -> [String: AttributeValue] {
        groups.contains(name) || arrays.contains(name) ? try store.attributes(of: name) : [:]
    }

    /// Reads the file by the convention that it follows.
    ///
    /// Throws `ShardError` where it asks for --dataset or --axes.
    func found() throws -> FoundFilms {
        let conventions: [(ArchiveContents) throws -> FoundFilms?] = [
            { try $0.odim() }, { try $0.knmi() }, { try $0.sevir() }, { try $0.packs() }, { try $0.cf() },
        ]
        // Axes are said of what no convention knows, or knows wrongly.
        if options.axes == nil {
            for convention in conventions { if let found = try convention(self) { return found } }
        } else if let found = try packs() {
            return found
        }
        return try plain()
    }

    /// The error that lists arrays of which one is to be chosen.
    func choice(_ what: String, among names: [String]) -> ShardError {
        let listed = names.prefix(8).map(\.quotable).joined(separator: ", ")
        let more = names.count > 8 ? " and \(names.count - 8) more" : ""
        return ShardError("\(path) has \(what): \(listed)\(more); choose one with --dataset")
    }
}
