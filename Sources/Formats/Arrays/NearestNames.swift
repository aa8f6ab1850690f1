// The names that are nearest to one that is not there, for the sentence that says so.

enum NearestNames {
    /// Where to look for `name`: the names nearest to it, or how many there are.
    static func advice(for name: String, among names: [String], what: String) -> String {
        guard !names.isEmpty else { return "it has no \(what)" }
        let wanted = Array(name.lowercased().unicodeScalars.prefix(64))
        let near = names.prefix(1000).map { other in
            (name: other, distance: editDistance(wanted, Array(other.lowercased().unicodeScalars.prefix(64))))
        }.sorted { $0.distance < $1.distance }.filter { $0.distance <= max(2, wanted.count / 3) }
        let shown = near.isEmpty ? names.prefix(6).map { $0 } : near.prefix(3).map(\.name)
        let more = near.isEmpty && names.count > shown.count ? " and \(names.count - shown.count) more" : ""
        return "it has \(shown.map(\.quotable).joined(separator: ", "))\(more)"
    }
}
