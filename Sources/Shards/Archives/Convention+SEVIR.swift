// SEVIR, storm events of the United States with time as the last axis, and packs of films under numbers, as TAASRAD19's and
// DiffCast's. The choice: both are told by names and shapes, since neither names itself.

import Formats

extension ArchiveContents {
    /// Source: Veillette, Samsi and Mattioli, "SEVIR: A Storm Event Imagery Dataset", NeurIPS 2020.
    func sevir() throws -> FoundFilms? {
        let known = ["vil", "vis", "ir069", "ir107"].filter(arrays.contains)
        guard let name = wanted.map({ known.contains($0) ? $0 : "" }) ?? known.first, !name.isEmpty else { return nil }
        guard wanted != nil || known.count == 1 else { throw choice("several kinds of pictures", among: known) }
        let array = try store.array(name), shape = array.shape
        guard shape.count == 4, shape[1] == shape[2], shape[3] < shape[1] else { return nil }
        var values = ValueDescription()
        switch (name, array.type) {
        case ("vil", .uint8): values.missing = 255
        case (_, .int16):
            values.missing = -32_768
            values.scale = name == "vis" ? 1e-4 : 1e-2
        default: return nil
        }
        values.attributes["quantity"] = name
        let axes = FilmAxes([.films, .height, .width, .time])
        return FoundFilms(
            what: "SEVIR, \(name), time last",
            films: (0..<shape[0]).map { FilmDraft(array: name, axes: axes, values: values, film: $0) })
    }

    /// Films under the numbers 0, 1, ... in a group, all others of which are single numbers.
    func packs() throws -> FoundFilms? {
        let numbered = arrays.filter { $0.wholeMatch(of: /(?:.*\/)?\d+/) != nil }
        guard numbered.count > 1 else { return nil }
        let packs = Dictionary(grouping: numbered) { $0.split(separator: "/").dropLast().joined(separator: "/") }
        let group: String
        if let wanted {
            guard packs[wanted] != nil else { return nil }
            group = wanted
        } else {
            guard packs.count == 1 else {
                throw choice("films under numbers in several groups", among: packs.keys.sorted())
            }
            group = packs.keys.first!
        }
        let others = arrays.filter {
            $0.split(separator: "/").dropLast().joined(separator: "/") == group && !numbered.contains($0)
        }
        guard others.allSatisfy({ $0.hasSuffix("_len") }) else { return nil }
        let names = packs[group]!.sorted { ($0.count, $0) < ($1.count, $1) }
        let films = try names.map { name in
            FilmDraft(array: name, axes: try FilmAxes.chosen(options.axes, for: store.array(name)))
        }
        return FoundFilms(what: "films under numbers\(group.isEmpty ? "" : " in \(group.quotable)")", films: films)
    }
}
