// Writes what is left of a folder of shards. The choice: new shards get new names, so that the old manifest and its shards
// stay as they are until the new manifest takes its place.

import Formats
import Foundation

/// What becomes of a half: its manifest, and the files that are no longer named by it.
struct MendedHalf {
    let half: DataSetHalf
    let manifest: Manifest
    /// The files that were replaced or dropped, where they are there.
    let setAside: [String]

    /// The digest of the manifest if it is not the one on disk; nil if it is.
    var newSha256: String? {
        get throws {
            half.isLost || manifest != half.manifest ? Digest.of(try manifest.text()) : nil
        }
    }

    var isChanged: Bool { half.state != .sound || manifest != half.manifest || !setAside.isEmpty }
}

extension DataSetHalf {
    /// Writes new shards in place of those that hold any of the lost sequences or are damaged, and reads them again.
    ///
    /// Throws `ShardError` if no sequence is left.
    ///
    /// - Parameter inputsSha256: the digest of the manifest of the inputs; nil if it is as it was.
    func mended(without lost: IndexSet, inputsSha256: String?) throws -> MendedHalf {
        var made = manifest, setAside: [String] = [], values: ClosedRange<Float>?
        made.sequences = manifest.sequences - lost.count
        guard made.sequences > 0 else {
            throw ShardError("no sequence of \(folder) can be saved; split the data again")
        }
        made.splits = Self.splits(manifest.splits, without: lost)
        made.times = manifest.times.map { times in times.indices.filter { !lost.contains($0) }.map { times[$0] } }
        made.inputsSha256 = inputsSha256 ?? manifest.inputsSha256
        made.shards = []
        for (shard, condition) in zip(manifest.shards, conditions) {
            let kept = shard.range.filter { !lost.contains($0) }
            var entry = shard, found: ClosedRange<Float>?
            if case .sound(let measured) = condition, kept.count == shard.sequences {
                found = measured.range
            } else {
                if try Folder.holds(folder + "/" + shard.file) { setAside.append(shard.file) }
                guard !kept.isEmpty else { continue }
                (entry, found) = try written(shard, condition, kept)
            }
            entry.first = made.shards.last?.range.upperBound ?? 0
            made.shards.append(entry)
            if let found { values = values?.joined(found) ?? found }
        }
        if made.hasMeasuredValues, let values { made.valueRange = [values.lowerBound, values.upperBound] }
        return MendedHalf(half: self, manifest: made, setAside: setAside)
    }

    private static func splits(_ splits: [SplitRange], without lost: IndexSet) -> [SplitRange] {
        var next = 0
        return splits.map { split in
            let left = split.sequences - lost.count(in: split.range)
            defer { next += left }
            return SplitRange(name: split.name, first: next, sequences: left)
        }
    }

    /// Writes a new shard of the kept sequences, and reads every byte of it. Returns its entry and its values.
    private func written(
        _ shard: Manifest.Shard, _ condition: ShardCondition, _ kept: [Int]
    ) throws -> (Manifest.Shard, ClosedRange<Float>?) {
        let frame = try frames(of: shard, condition), name = newName(for: shard)
        let writer = try SeekableZstdWriter(path: folder + "/" + name, expecting: shard.bytes)
        let header = ShardFile.header(manifest, sequences: kept.count).encoded
        try writer.append(frame: Zstd.compress(header.span), contentSize: header.count)
        for sequence in kept {
            try writer.append(frame: frame(sequence - shard.first), contentSize: manifest.sequenceBytes)
        }
        let (bytes, sha256, table) = try writer.finish()
        var entry = Manifest.Shard(
            file: name, first: 0, sequences: kept.count, bytes: bytes, sha256: sha256, tableSha256: table)
        let found = manifest.examination(of: entry, in: folder)
        if let damage = found.damage {
            try Folder.remove(folder + "/" + name)
            throw ShardError("\(damage), though it was only just written; check the disk, then try again")
        }
        if manifest.values != nil { entry.missing = found.measured.missing }
        return (entry, found.values)
    }

    /// Reads the frame of a sequence by its number within the shard.
    private func frames(of shard: Manifest.Shard, _ condition: ShardCondition) throws -> (Int) throws -> [UInt8] {
        if case .damaged(_, let frames) = condition { return { try frames[$0]!.read() } }
        let file = try SeekableZstdFile(path: folder + "/" + shard.file)
        return { try file.bytes(ofFrame: 1 + $0) }
    }

    /// A name that no shard of the manifest has.
    private func newName(for shard: Manifest.Shard) -> String {
        let index = manifest.shards.firstIndex(of: shard) ?? 0, known = Set(manifest.shards.map(\.file))
        var name = ShardName(shard.file) ?? ShardName(index: index, count: manifest.shards.count)
        repeat { name.revision += 1 } while known.contains(name.file)
        return name.file
    }
}

extension MendedHalf {
    /// Puts the new manifest in place of the old one, of which a copy is kept.
    func commitManifest() throws {
        let folder = half.folder
        switch half.state {
        case .sound where manifest == half.manifest: return
        case .unvouched where manifest == half.manifest: try manifest.writeDigest(toFolder: folder)
        case .sound, .unvouched:
            try SetAside.keepCopy(of: folder + "/" + Manifest.fileName)
            try manifest.replace(inFolder: folder)
        case .lost(let isThere):
            if isThere { try SetAside.keepCopy(of: folder + "/" + Manifest.fileName) }
            try manifest.write(toFolder: folder)
        }
    }

    /// Renames the files that the manifest no longer names.
    func setAsideFiles() throws {
        for file in setAside { try SetAside.rename(half.folder + "/" + file) }
    }
}

extension Manifest {
    /// Puts back the manifest of inputs that has this digest, if a process was killed between its change and that of
    /// the whole, and there is a copy.
    static func restore(inFolder inputs: String, sha256: String) throws {
        let path = inputs + "/" + fileName
        guard try !Folder.holds(path) || Digest.ofFile(path) != sha256 else { return }
        guard let copy = try SetAside.copy(of: path, sha256: sha256) else { return }
        try Folder.remove(inputs + "/" + digestFileName)
        try Folder.rename(copy, to: path)
    }
}
