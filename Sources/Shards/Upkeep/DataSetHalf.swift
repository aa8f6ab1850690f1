// A folder of shards as it is found: its manifest, or one made again from the shards, and the condition of each shard.

import Formats
import Foundation

/// A data set as it is on disk, without its inputs; or those inputs.
struct DataSetHalf {
    /// How the manifest on disk is.
    enum ManifestState: Equatable {
        /// As it was written.
        case sound
        /// As it was written, but for the file with its digest, which is missing.
        case unvouched
        /// Damaged, or missing.
        case lost(isThere: Bool)
    }

    let folder: String
    /// The data set as it was before it was damaged, as far as that is known.
    var manifest: Manifest
    var state: ManifestState
    /// The condition of each shard of the manifest.
    var conditions: [ShardCondition]
    /// The shards of which not even the number of sequences is known, by their names.
    var unknown: [String] = []

    /// Reads every byte of a folder that has a sound manifest; nil if it has none.
    ///
    /// Throws `ShardError` for a manifest of a later version, and `FormatError` if the disk cannot be read.
    init?(soundFolder folder: String, progress: () throws -> Void) throws {
        guard let (manifest, isVouched) = try Self.manifest(in: folder) else { return nil }
        (self.folder, self.manifest) = (folder, manifest)
        state = isVouched || manifest.shards.contains { $0.tableSha256 == nil } ? .sound : .unvouched
        conditions = []
        for shard in manifest.shards {
            conditions.append(try manifest.condition(of: shard, in: folder, isVouched: true))
            try progress()
        }
    }

    init(folder: String, manifest: Manifest, state: ManifestState, conditions: [ShardCondition], unknown: [String]) {
        (self.folder, self.manifest, self.state) = (folder, manifest, state)
        (self.conditions, self.unknown) = (conditions, unknown)
    }

    /// The manifest in a folder if it is sound, and whether its digest is beside it.
    private static func manifest(in folder: String) throws -> (Manifest, isVouched: Bool)? {
        let path = folder + "/" + Manifest.fileName, digest = folder + "/" + Manifest.digestFileName
        guard try Folder.holds(path) else { return nil }
        let isVouched = try Folder.holds(digest)
        do {
            return (try Manifest(folder: folder), isVouched)
        } catch let error as ShardError {
            if try Manifest.isOfLaterVersion(folder: folder) { throw error }
            return nil
        } catch let error as FormatError where error.file == digest {
            return nil
        }
    }

    var isLost: Bool { if case .lost = state { true } else { false } }

    /// The digest of the manifest, on disk or made again.
    var sha256: String {
        get throws {
            try isLost ? Digest.of(manifest.text()) : Digest.ofFile(folder + "/" + Manifest.fileName)
        }
    }

    /// The smallest and largest value of the sound shards; for bytes, of the type.
    var soundValues: ClosedRange<Float>? {
        if !manifest.hasMeasuredValues { return 0...255 }
        let ranges = conditions.compactMap { condition -> ClosedRange<Float>? in
            if case .sound(let measured) = condition { measured.range } else { nil }
        }
        return ranges.dropFirst().reduce(ranges.first) { $0?.joined($1) }
    }

    /// The sequences that cannot be saved.
    var lost: IndexSet {
        var lost = IndexSet()
        for (shard, condition) in zip(manifest.shards, conditions) {
            switch condition {
            case .sound: continue
            case .gone: lost.insert(integersIn: shard.range)
            case .damaged(_, let frames):
                for sequence in shard.range where frames[sequence - shard.first] == nil { lost.insert(sequence) }
            }
        }
        return lost
    }

    /// What is wrong with each shard that is not sound.
    var damages: [ShardDamage] {
        zip(manifest.shards, conditions).compactMap { shard, condition in
            let path = folder + "/" + shard.file
            switch condition {
            case .sound: return nil
            case .gone(let reason): return ShardDamage(file: path, reason: reason, sequences: [shard.range])
            case .damaged(let reason, let frames):
                let lost = IndexSet(shard.range.filter { frames[$0 - shard.first] == nil })
                return ShardDamage(file: path, reason: reason, sequences: lost.rangeView.map { $0 })
            }
        } + unknown.map { ShardDamage(file: folder + "/" + $0, reason: "it is not there", sequences: []) }
    }
}

extension Manifest {
    /// Whether the manifest of a folder is of a version that this program does not know, and no damaged one.
    fileprivate static func isOfLaterVersion(folder: String) throws -> Bool {
        struct Version: Decodable { var version: Int }
        let file = try InputFile(path: folder + "/" + fileName)
        guard file.size <= mostBytes else { return false }
        let bytes = try file.bytes()
        guard let found = try? JSONDecoder().decode(Version.self, from: Data(bytes)) else { return false }
        guard !versions.contains(found.version) else { return false }
        let digest = folder + "/" + digestFileName
        guard try Folder.holds(digest) else { return true }
        return try String(decoding: InputFile(path: digest).bytes().prefix(64), as: UTF8.self) == Digest.of(bytes)
    }
}
