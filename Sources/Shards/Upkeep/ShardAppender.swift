// Adds sequences to a data set. The choice: they are for training and stand before the first shard that holds any other,
// so that validation and test keep their sequences, no shard is rewritten, and the manifest stays of the same form.

import Formats
import Foundation

/// Sequences being added to a data set, which has them once `finish` returns.
package final class ShardAppender {
    package let folder: String
    /// The data set as it was.
    package let manifest: Manifest
    private let lock: DataSetLock
    private let writer: ShardWriter

    /// Prepares up to `shards` new files for `sequences` sequences at zstd's compression `level`.
    ///
    /// Throws `ShardError` for a folder that is no data set or holds other sequences, and if another process changes it.
    package init(
        folder: String, geometry: SequenceGeometry, elementType: ElementType, sequences: Int, shards: Int, level: Int
    ) throws {
        try DataFolder.requireOutermost(folder)
        lock = try DataSetLock(folder: folder)
        try Leftovers.removeAll(in: folder)
        manifest = try Manifest(folder: folder)
        self.folder = folder
        guard manifest.inputs == nil else {
            throw ShardError(
                "\(folder) has inputs apart from its sequences, and to such pairs nothing can be appended; split all of them "
                    + "together")
        }
        guard manifest.geometry == geometry, manifest.elementType == elementType else {
            throw ShardError(
                "\(folder) holds sequences of \(manifest.geometry), \(manifest.elementType.rawValue), and these are of "
                    + "\(geometry), \(elementType.rawValue); append what is alike, or make another data set")
        }
        let splits = try SplitRange.ranges(total: sequences, validation: HeldBack(count: 0), test: HeldBack(count: 0))
        writer = try ShardWriter(
            folder: folder + "/added", geometry: geometry, elementType: elementType, splits: splits, shards: shards,
            level: level)
    }

    /// Appends whole sequences, of shape (sequences, frames, height, width, channels).
    package func append(_ bytes: [UInt8]) throws { try writer.append(bytes) }

    /// Gives the new shards their names and puts the new manifest in place of the old one.
    ///
    /// Throws `ShardError` if the data set already holds these shards.
    package func finish() throws -> Manifest {
        defer { lock.release() }
        let (added, source) = try writer.shards()
        let known = Set(manifest.shards.map(\.sha256))
        guard !added.shards.allSatisfy({ known.contains($0.sha256) }) else {
            throw ShardError("\(folder) holds these \(added.sequences) sequences already; nothing was appended")
        }
        let made = joined(added)
        if let problem = made.problem { throw ShardError("\(folder) would be no data set any more: \(problem)") }
        for (shard, file) in zip(added.shards, names(added.shards.count)) {
            try Folder.rename(source + "/" + shard.file, to: folder + "/" + file)
        }
        try AtomicFile.syncFolder(of: folder + "/" + Manifest.fileName)
        try made.replace(inFolder: folder)
        return made
    }

    /// The index of the shard before which the new ones stand.
    private var place: Int {
        let training = manifest.splits.range(of: .train)
        return manifest.shards.firstIndex { $0.range.upperBound > training.upperBound } ?? manifest.shards.count
    }

    private func joined(_ added: Manifest) -> Manifest {
        var made = manifest
        let new = zip(added.shards, names(added.shards.count)).map { shard, file in
            var shard = shard
            shard.file = file
            return shard
        }
        made.shards.insert(contentsOf: new, at: place)
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
        return made
    }

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
