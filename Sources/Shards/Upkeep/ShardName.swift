// The name of a shard. The choice: in the order of their names the shards hold the sequences in order, so that a lost
// manifest can be made again.

/// `00003-of-00008.npy.zst`, or a shard added before that one, and which mending of it the file is.
struct ShardName: Equatable {
    /// The place among the shards that were appended together.
    struct Addition: Equatable {
        var number: Int, index: Int, count: Int
    }

    /// The place among the shards that were split together; an added shard has the place of the one behind it.
    var index: Int, count: Int
    var addition: Addition?
    /// How many times the shard was mended.
    var revision = 0

    init(index: Int, count: Int, addition: Addition? = nil) {
        (self.index, self.count, self.addition) = (index, count, addition)
    }

    /// Nil for the name of any other file.
    init?(_ file: String) {
        let form =
            /([0-9]{5})-of-([0-9]{5})(?:\.added-([0-9]{5})-([0-9]{5})-of-([0-9]{5}))?(?:\.mended-([0-9]{5}))?\.npy\.zst/
        guard let parts = file.wholeMatch(of: form)?.output, let index = Int(parts.1), let count = Int(parts.2) else {
            return nil
        }
        (self.index, self.count, revision) = (index, count, parts.6.flatMap { Int($0) } ?? 0)
        if let number = parts.3.flatMap({ Int($0) }), let place = parts.4.flatMap({ Int($0) }),
            let all = parts.5.flatMap({ Int($0) })
        {
            addition = Addition(number: number, index: place, count: all)
        }
    }

    /// The name of the file.
    var file: String {
        let added = addition.map { ".added-\(digits($0.number))-\(digits($0.index))-of-\(digits($0.count))" } ?? ""
        let mended = revision == 0 ? "" : ".mended-\(digits(revision))"
        return "\(digits(index))-of-\(digits(count))\(added)\(mended).npy.zst"
    }

    /// Whether both are the same shard, mended or not.
    func isSameShard(as other: ShardName) -> Bool {
        index == other.index && count == other.count && addition == other.addition
    }

    private func digits(_ number: Int) -> String { String(String(100_000 + number).suffix(5)) }
}

extension ShardName: Comparable {
    static func < (one: ShardName, other: ShardName) -> Bool {
        // A shard that was added stands before the one that it names.
        func key(_ name: ShardName) -> [Int] {
            [name.index, name.addition?.number ?? .max, name.addition?.index ?? 0, name.revision]
        }
        return key(one).lexicographicallyPrecedes(key(other))
    }
}
