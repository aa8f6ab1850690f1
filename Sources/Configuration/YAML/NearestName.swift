// The name that somebody may have meant. The choice: edit distance, with case and separators ignored, because
// `batch_size` and `batchsize` are what people write for `batchSize`.

/// The known name that a wrong one is at most a third of its letters away from, if there is one.
func nearest(to name: String, among known: [String]) -> String? {
    guard let best = ranked(known, by: name).first, best.distance <= max(1, letters(name).count / 3) else { return nil }
    return best.name
}

/// The known name that another one is least far away from, however far.
package func closest(to name: String, among known: [String]) -> String { ranked(known, by: name)[0].name }

private func ranked(_ known: [String], by name: String) -> [(name: String, distance: Int)] {
    known.map { ($0, editDistance(letters(name), letters($0))) }.sorted { $0.distance < $1.distance }
}

private func letters(_ name: String) -> [Character] {
    name.lowercased().filter { $0 != "_" && $0 != "-" }.map { $0 }
}

/// Insertions, deletions, replacements and swaps of neighbors that make one text of another (Damerau and Levenshtein).
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
