// A folder of shards between which others are put. The choice: it only computes names and manifests and moves files;
// when a manifest takes the place of another is for the caller, since a data set with inputs has two.

import Formats
import Foundation

/// A data set without its inputs, or those inputs, to which sequences are added.
struct GrowingHalf {
    let folder: String
    /// The half as it was, and the digest of that manifest.
    let manifest: Manifest
    let sha256: String

    init(folder: String) throws {
        manifest = try Manifest(folder: folder)
        (self.folder, sha256) = (folder, try Digest.ofFile(folder + "/" + Manifest.fileName))
    }

    /// The inputs of this half; nil if it has none. What a killed process changed of them alone is undone before.
    ///
    /// Throws `ShardError` for inputs that do not belong to this half, or whose shards hold other sequences than its
    /// own where new ones would stand.
    func inputs() throws -> GrowingHalf? {
        guard let name = manifest.inputs else { return nil }
        let path = try DataFolder.path(of: name, in: folder)
        if let expected = manifest.inputsSha256 { try Manifest.restore(inFolder: path, sha256: expected) }
        let inputs = try GrowingHalf(folder: path)
        _ = try inputs.manifest.required(asInputsOf: manifest, path)
        guard inputs.firstBehind == firstBehind else {
            throw ShardError(
                "the shards of \(path) and of \(folder) hold different sequences, so that none can be added between "
                    + "them; split all of them together")
        }
        return inputs
    }

    var manifestPath: String { folder + "/" + Manifest.fileName }

    /// Throws `ShardError` for sequences of another kind.
    func require(_ geometry: SequenceGeometry, _ type: ElementType, _ facts: SequenceFacts) throws {
        guard manifest.geometry == geometry, manifest.elementType == type else {
            throw ShardError(
                "\(folder) holds sequences of \(manifest.geometry), \(manifest.elementType.rawValue), and these are of "
                    + "\(geometry), \(type.rawValue); append what is alike, or make another data set")
        }
        if let difference = manifest.facts.difference(of: facts) {
            throw ShardError("\(folder) cannot take these sequences: \(difference); append what is alike")
        }
    }

    /// Whether all of these shards are its own already.
    func holds(_ added: Manifest) -> Bool {
        let known = Set(manifest.shards.map(\.sha256))
        return added.shards.allSatisfy { known.contains($0.sha256) }
    }

    /// Moves new shards into the folder, under the names that `joined` gives them.
    func take(_ added: Manifest, from source: String) throws {
        for (shard, file) in zip(added.shards, names(added.shards.count)) {
            try Folder.rename(source + "/" + shard.file, to: folder + "/" + file)
        }
        try AtomicFile.syncFolder(of: manifestPath)
    }

    /// The manifest with the new shards.
    ///
    /// Throws `ShardError` if there would be too many.
    func joined(_ added: Manifest) throws -> Manifest {
        var made = manifest
        let new = zip(added.shards, names(added.shards.count)).map { shard, file in
            var shard = shard
            shard.file = file
            return shard
        }
        made.shards.insert(contentsOf: new, at: place)
        if let new = added.times { made.times?.insert(contentsOf: new, at: firstBehind) }
        var next = 0
        for index in made.shards.indices {
            made.shards[index].first = next
            next += made.shards[index].sequences
        }
        made.sequences = next
        for index in made.splits.indices {
            if made.splits[index].name == .train {
                made.splits[index].sequences += added.sequences
            } else {
                made.splits[index].first += added.sequences
            }
        }
        made.valueRange = [
            min(manifest.valueRange[0], added.valueRange[0]), max(manifest.valueRange[1], added.valueRange[1]),
        ]
        if let problem = made.problem { throw ShardError("\(folder) would be no data set any more: \(problem)") }
        return made
    }

    /// The index of the shard before which the new ones stand.
    private var place: Int {
        let training = manifest.splits.range(of: .train)
        return manifest.shards.firstIndex { $0.range.upperBound > training.upperBound } ?? manifest.shards.count
    }

    /// The sequence before which the new ones stand.
    private var firstBehind: Int { place < manifest.shards.count ? manifest.shards[place].first : manifest.sequences }

    private func names(_ count: Int) -> [String] {
        let names = manifest.shards.map { ShardName($0.file) }
        let number = 1 + (names.compactMap { $0?.addition?.number }.max() ?? 0)
        let all = names.compactMap { $0 }.first?.count ?? manifest.shards.count
        let index = place < names.count ? names[place]?.index ?? place : all
        return (0..<count).map {
            ShardName(index: index, count: all, addition: .init(number: number, index: $0, count: count)).file
        }
    }
}
