// Archives that follow no convention: an array that a person names, or the only one with enough axes.

import Formats

extension ArchiveContents {
    func plain() throws -> FoundFilms {
        let name =
            try wanted.map { wanted in
                // A group is named for the films in it; here it is one that holds none.
                _ = try store.array(wanted)
                return wanted
            } ?? onlyArray()
        let array = try store.array(name)
        guard array.shape.allSatisfy({ $0 > 0 }) else {
            throw ShardError(
                "\(path) has \(name.quotable) of shape \(array.shape), which holds no frame; name another with --dataset"
            )
        }
        let axes = try FilmAxes.chosen(options.axes, for: array), attributes = try store.attributes(of: name)
        // A person may know the axes of a variable of CF better than its names do; its times stay.
        let times = try CFVariable(name, in: self).flatMap { try cfTimes(of: $0, axes, []) }
        let films = (0..<axes.extent(.films, of: array.shape)).map { film in
            var draft = FilmDraft(array: name, axes: axes, film: film)
            cfValues(attributes, array.type, into: &draft)
            draft.times = times
            return draft
        }
        return FoundFilms(what: "\(name.quotable), axes \(axes.letters)", films: films)
    }

    private func onlyArray() throws -> String {
        let candidates = try arrays.filter { try isPicture($0) }
        guard let only = candidates.first else {
            throw ShardError(
                "\(path) has no array of numbers with the two axes of a picture; it has "
                    + (arrays.isEmpty ? "no dataset" : arrays.prefix(8).map(\.quotable).joined(separator: ", ")))
        }
        guard candidates.count == 1 else { throw choice("several arrays", among: candidates) }
        return only
    }

    private func isPicture(_ name: String) throws -> Bool {
        do {
            let shape = try store.array(name).shape
            return (2...5).contains(shape.count) && shape.count(where: { $0 > 1 }) > 1
        } catch is FormatError {
            return false
        }
    }
}
