// Suggests the name that was probably meant. The choice: edit distance that ignores case and separators, because people
// write `batch_size` and `batchsize` for `batchSize`.

/// The known name closest to a wrong one, if the distance is at most a third of its letters; nil otherwise.
func nearest(to name: String, among known: [String]) -> String? {
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

/// The number of insertions, deletions, replacements and swaps of neighbors between two texts (Damerau and
/// Levenshtein).
private func editDistance(_ a: [Character], _ b: [Character]) -> Int {
    var before: [Int] = [], row = Array(0...b.count)
    for i in a.indices {
        var next = [i + 1]
        for j in b.indices {
            next.append(min(row[j] + (a[i] == b[j] ? 0 : 1), row[j + 1] + 1, next[j] + 1))
            if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { next[j + 1] = min(next[j + 1], before[j - 1] + 1) }
        }
        (before, row) = (row, next)
    }
    return row[b.count]
}
