// Mends a data set's folder. The choice: whatever is lost is named, nothing is removed, and the new manifest is the one
// step that turns the old data set into the mended one.

import Formats
import Foundation

/// The mending of one folder by one process.
package struct DataSetRepair {
    /// What a person says about a data set.
    package struct Options {
        /// The held-back sequences, for a data set whose manifest is lost; nil if they are not given.
        package var validation: HeldBack?, test: HeldBack?
        /// Whether a data set goes on without the shards that are not there.
        package var dropsMissing: Bool
        /// What the stored numbers mean, for a data set whose manifest is lost; nil if that is not given.
        package var values: GivenMeaning

        package init(
            validation: HeldBack? = nil, test: HeldBack? = nil, dropsMissing: Bool = false,
            values: GivenMeaning = GivenMeaning()
        ) {
            (self.validation, self.test, self.dropsMissing, self.values) = (validation, test, dropsMissing, values)
        }
    }

    /// What was found and done.
    package struct Report {
        /// The manifest of the mended data set.
        package var manifest: Manifest
        package var damages: [ShardDamage]
        /// The number of sequences that are lost.
        package var lost: Int
        package var madeManifest: Bool
        package var isChanged: Bool
        /// Sentences about what a person should know.
        package var remarks: [String]
    }

    private let folder: String
    private let options: Options
    private let progress: () throws -> Void

    /// Prepares the mending of a folder; `progress` is called after each shard that was read, and may throw.
    package init(folder: String, options: Options, progress: @escaping () throws -> Void = {}) {
        (self.folder, self.options, self.progress) = (folder, options, progress)
    }

    /// Mends the folder.
    ///
    /// Throws `ShardError` if shards are missing and are not to be dropped, if the splits cannot be told, or if
    /// another process changes the folder. The folder is then as it was.
    package func run() throws -> Report {
        try DataFolder.requireOutermost(folder)
        let lock = try DataSetLock(folder: folder)
        defer { lock.release() }
        try Leftovers.removeAll(in: folder)
        let halves = try halves()
        try requireAgreement(halves)
        let damages = halves.flatMap(\.damages)
        try requireNothingMissing(halves)
        let lost = halves.reduce(into: IndexSet()) { $0.formUnion($1.lost) }
        // The inputs come first, because the manifest of the whole names the digest of theirs.
        var mended: [MendedHalf] = []
        for half in halves.reversed() {
            mended.append(try half.mended(without: lost, inputsSha256: try mended.first?.newSha256))
        }
        for half in mended { try half.commitManifest() }
        for half in mended { try half.setAsideFiles() }
        return try report(mended, damages, lost: lost.count)
    }
}

// What is there

extension DataSetRepair {
    /// The data set, and its inputs if it has any.
    private func halves() throws -> [DataSetHalf] {
        let whole = try DataSetHalf(soundFolder: folder, progress: progress)
        guard whole == nil || options.validation == nil && options.test == nil else {
            throw ShardError(
                "\(folder) has its \(Manifest.fileName), which knows how it is split; leave out --validation and --test"
            )
        }
        guard whole == nil || options.values == GivenMeaning() else {
            throw ShardError(
                "\(folder) has its \(Manifest.fileName), which knows what its numbers mean; leave out --missing, --scale, "
                    + "--offset and --unit")
        }
        var hints = ManifestRecovery.Hints(validation: options.validation, test: options.test)
        hints.values = options.values
        var inputs: DataSetHalf?
        if let name = try whole.map({ $0.manifest.inputs }) ?? inputsFolder {
            inputs = try self.inputs(DataFolder.path(of: name, in: folder), of: whole, hints)
            hints.inputs = (name, try inputs!.sha256)
            hints.splits = inputs!.manifest.splits
            hints.facts = inputs!.manifest.facts
        }
        let found = try whole ?? ManifestRecovery(folder: folder).half(hints, progress: progress)
        return [found] + [inputs].compactMap { $0 }
    }

    /// The name of the only folder in this one that may hold inputs; nil if there is none.
    private var inputsFolder: String? {
        get throws {
            let names = try Folder.names(in: folder)?.filter { name in
                try !name.hasPrefix(".") && Folder.isOne(folder + "/" + name)
            }
            guard let names, names.count < 2 else {
                throw ShardError(
                    "\(folder) has lost its \(Manifest.fileName) and holds several folders, of which one may be of inputs; "
                        + "move the others elsewhere")
            }
            return names.first
        }
    }

    private func inputs(
        _ path: String, of whole: DataSetHalf?, _ hints: ManifestRecovery.Hints
    ) throws -> DataSetHalf {
        guard try Folder.isOne(path) else {
            throw ShardError("\(path), the inputs of \(folder), is not there; copy it again, or split the data again")
        }
        try Leftovers.removeAll(in: path)
        let expected = whole?.manifest.inputsSha256
        if let expected { try Manifest.restore(inFolder: path, sha256: expected) }
        if let inputs = try DataSetHalf(soundFolder: path, progress: progress) {
            if let whole { _ = try inputs.manifest.required(asInputsOf: whole.manifest, path) }
            return inputs
        }
        var hints = hints
        (hints.splits, hints.facts, hints.sha256) = (whole?.manifest.splits, whole?.manifest.facts, expected)
        return try ManifestRecovery(folder: path).half(hints, progress: progress)
    }

    private func requireAgreement(_ halves: [DataSetHalf]) throws {
        guard let inputs = halves.dropFirst().first else { return }
        let whole = halves[0].manifest
        guard inputs.manifest.sequences == whole.sequences, inputs.manifest.geometry == whole.geometry else {
            throw ShardError(
                "\(inputs.folder) holds \(inputs.manifest.sequences) sequences of \(inputs.manifest.geometry), and \(folder) "
                    + "\(whole.sequences) of \(whole.geometry), so that they cannot be paired; copy or split the data again"
            )
        }
    }

    private func requireNothingMissing(_ halves: [DataSetHalf]) throws {
        guard !options.dropsMissing else { return }
        let missing = halves.flatMap { half in
            let gone = zip(half.manifest.shards, half.conditions).compactMap { shard, condition -> String? in
                guard case .gone(let reason) = condition else { return nil }
                return "\(half.folder)/\(shard.file) (\(ShardDamage.list([shard.range])): \(reason))"
            }
            return gone + half.unknown.map { "\(half.folder)/\($0)" }
        }
        guard missing.isEmpty else {
            throw ShardError(
                "\(folder) lacks \(missing.joined(separator: ", ")); copy that again, or give --drop-missing to go on without"
            )
        }
    }
}

// What was done

extension DataSetRepair {
    private func report(_ mended: [MendedHalf], _ damages: [ShardDamage], lost: Int) throws -> Report {
        var remarks: [String] = []
        for half in mended.reversed() {
            let (before, now) = (half.half.manifest.valueRange, half.manifest.valueRange)
            if !half.half.isLost, before != now {
                remarks.append(
                    "\(half.half.folder): its values are now \(now[0]) to \(now[1]), and were \(before[0]) to \(before[1])"
                )
            }
            remarks += try strays(in: half)
        }
        let whole = mended.last!
        return Report(
            manifest: whole.manifest, damages: damages, lost: lost,
            madeManifest: mended.contains { $0.half.isLost },
            isChanged: mended.contains(where: \.isChanged), remarks: remarks)
    }

    /// Sets aside what a killed process did not, and tells of other shards that no manifest names.
    private func strays(in half: MendedHalf) throws -> [String] {
        let folder = half.half.folder, known = Set(half.manifest.shards.map(\.file))
        let names = half.manifest.shards.compactMap { ShardName($0.file) }
        return try (Folder.names(in: folder) ?? []).sorted().compactMap { file in
            guard file.hasSuffix(".npy.zst"), !file.hasPrefix("."), !known.contains(file) else { return nil }
            if let old = ShardName(file), names.contains(where: { $0.isSameShard(as: old) && old < $0 }) {
                try SetAside.rename(folder + "/" + file)
                return "\(folder)/\(file): replaced by a mended shard, and kept as \(file).damaged"
            }
            return "\(folder)/\(file): no part of the data set; remove it, unless you know what it is"
        }
    }
}
