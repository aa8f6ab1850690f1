// Suggests the name that was probably meant. The choice: edit distance that ignores case and separators, because people
// write `batch_size` and `batchsize` for `batchSize`.

/// The known name closest to a wrong one, if the distance is at most a third of its letters; nil otherwise.
package func nearest(to name: String, among known: [String]) -> String? {
    guard let best = ranked(known, by: name).first, best.distance <= max(1, letters(name).count / 3) else { return nil }
    return best.name
}

/// The known name closest to another one, at any distance.
package func closest(to name: String, among known: [String]) -> String { ranked(known, by: name)[0].name }

private func ranked(_ known: [String], by name: String) -> [(name: String, distance: Int)] {
    known.map { ($0, editDistance(letters(name), letters($0))) }.sorted { $0.distance < $1.distance }
}

private func letters(_ name: String) -> [Character] {
    name.lowercased().filter { $0 != "_" && $0 != "-" }.map { $0 }
}
