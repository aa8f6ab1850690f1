// The name that somebody may have meant. The choice: edit distance, with case and separators ignored, because
// `batch_size` and `batchsize` are what people write for `batchSize`.

/// The known name that a wrong one is at most a third of its letters away from, if there is one.
func nearest(to name: String, among known: [String]) -> String? {
    func letters(_ name: String) -> [Character] { name.lowercased().filter { $0 != "_" && $0 != "-" }.map { $0 } }
    let wrong = letters(name)
    let ranked = known.map { ($0, editDistance(wrong, letters($0))) }
    guard let best = ranked.min(by: { $0.1 < $1.1 }), best.1 <= max(1, wrong.count / 3) else { return nil }
    return best.0
}

/// Insertions, deletions and replacements that make one text of another (Levenshtein).
private func editDistance(_ a: [Character], _ b: [Character]) -> Int {
    var row = Array(0...b.count)
    for (i, x) in a.enumerated() {
        var diagonal = row[0]
        row[0] = i + 1
        for (j, y) in b.enumerated() {
            let replaced = diagonal + (x == y ? 0 : 1)
            diagonal = row[j + 1]
            row[j + 1] = min(replaced, row[j] + 1, row[j + 1] + 1)
        }
    }
    return row[b.count]
}
