// Makes a lost manifest again. The choice: shards tell all but the splits, and the file with the lost manifest's digest
// proves a guess of them; where nothing proves them, a person is asked.

import Formats
import Foundation

/// The shards of a folder whose manifest is lost.
struct ManifestRecovery {
    private let folder: String
    private let shards: [Found]
    /// The shards that their names' numbers tell of and that are not there.
    private let missing: [String]

    /// A file, and what it says itself.
    private struct Found {
        var name: ShardName
        var header: NpyHeader?
        var entry: Manifest.Shard
    }

    /// What tells the splits of a data set whose manifest is lost.
    struct Hints {
        /// The held-back sequences as options say them; nil if they do not.
        var validation: HeldBack?, test: HeldBack?
        /// The splits of the other half of a pair.
        var splits: [SplitRange]?
        /// The folder with the inputs, if the data set has any, and the digest of its manifest.
        var inputs: (name: String, sha256: String)?
        /// The digest of the lost manifest, if another file than the one beside it holds it.
        var sha256: String?
        /// What the stored numbers mean, as options say.
        var values = GivenMeaning()
        /// What is known of the other half of a pair, which may be known of this one.
        var facts: SequenceFacts?
    }

    /// Throws `ShardError` if there are no shards, or if their names do not tell their order.
    init(folder: String) throws {
        self.folder = folder
        let files = try Folder.names(in: folder)?.filter { $0.hasSuffix(".npy.zst") && !$0.hasPrefix(".") } ?? []
        guard !files.isEmpty else {
            throw ShardError("\(folder) has neither a \(Manifest.fileName) nor shards; name another folder")
        }
        var names: [ShardName] = []
        for file in files.sorted() {
            guard let name = ShardName(file), name.index < name.count || name.addition != nil else {
                throw ShardError(
                    "\(folder)/\(file) has no name by which its place among the shards is known; give it its old name, or "
                        + "move it elsewhere")
            }
            names.append(name)
        }
        names.sort()
        guard Set(names.map(\.count)).count == 1 else {
            throw ShardError(
                "\(folder) holds shards of several data sets, \(names[0].file) and others; move those of the others elsewhere"
            )
        }
        // A shard that was mended stands for the file that it was made from.
        names = names.enumerated().filter { index, name in
            index + 1 == names.count || !name.isSameShard(as: names[index + 1])
        }.map(\.element)
        shards = try names.map { try Self.found($0, in: folder) }
        missing = Self.missing(among: names)
    }

    /// The names of the files that complete those which are there.
    private static func missing(among names: [ShardName]) -> [String] {
        let first = names[0], known = Set(names.map { ($0.addition == nil ? $0.index : -1) })
        let base = (0..<first.count).filter { !known.contains($0) }.map {
            ShardName(index: $0, count: first.count).file
        }
        let additions = Dictionary(grouping: names.filter { $0.addition != nil }) { $0.addition!.number }
        let added = additions.sorted { $0.key < $1.key }.flatMap { _, group in
            let known = Set(group.map { $0.addition!.index }), one = group[0], count = one.addition!.count
            return (0..<count).filter { !known.contains($0) }.map { index in
                let addition = ShardName.Addition(number: one.addition!.number, index: index, count: count)
                return ShardName(index: one.index, count: one.count, addition: addition).file
            }
        }
        return base + added
    }

    private static func found(_ name: ShardName, in folder: String) throws -> Found {
        let path = try DataFolder.path(of: name.file, in: folder)
        let header = try FrameSalvage(path: path, contentSize: 0, isHeader: { NpyHeader(encoded: $0) != nil }).header()
            .flatMap { NpyHeader(encoded: $0) }
        let digest = try Digest.ofFile(path), size = try InputFile(path: path).size
        // The file can be read, so that an error is about its content.
        let file = try? SeekableZstdFile(path: path)
        let sequences = header?.shape.first ?? file.map { $0.frameCount - 1 } ?? 0
        return Found(
            name: name, header: header,
            entry: Manifest.Shard(
                file: name.file, first: 0, sequences: sequences, bytes: size, sha256: digest,
                tableSha256: file?.tableSha256))
    }

    /// The half as its shards tell it.
    ///
    /// Throws `ShardError` if the shards do not belong together, or if nothing tells the splits.
    func half(_ hints: Hints, progress: () throws -> Void) throws -> DataSetHalf {
        let read = try readable(), plain = try given(hints)
        var tried: [SequenceFacts] = []
        for facts in [read?.facts, hints.facts].compactMap({ $0 }) where facts != plain && !tried.contains(facts) {
            tried.append(facts)
            // What a damaged manifest says of its numbers may be impossible, and counts if it gives the lost manifest.
            guard hints.values == GivenMeaning(), let manifest = try? provisional(facts) else { continue }
            let half = try half(manifest, hints, progress)
            if let splits = try proven(half, hints, read?.splits) { return half.with(splits) }
        }
        let half = try half(provisional(plain), hints, progress)
        return half.with(try splits(of: half, hints, read?.splits))
    }

    /// What options say of the numbers of the shards.
    private func given(_ hints: Hints) throws -> SequenceFacts {
        let type = shards.lazy.compactMap(\.header).first.map { ElementType($0.type) } ?? .uint8
        return SequenceFacts(values: try hints.values.applied(to: nil, storedAs: type, in: folder))
    }

    private func half(
        _ provisional: Manifest, _ hints: Hints, _ progress: () throws -> Void
    ) throws -> DataSetHalf {
        var manifest = provisional, conditions: [ShardCondition] = []
        manifest.inputs = hints.inputs?.name
        manifest.inputsSha256 = hints.inputs?.sha256
        for (index, shard) in manifest.shards.enumerated() {
            let condition = try manifest.condition(of: shard, in: folder, isVouched: false)
            if manifest.values != nil, case .sound(let measured) = condition {
                manifest.shards[index].missing = measured.missing
            }
            conditions.append(condition)
            try progress()
        }
        let isThere = try Folder.holds(folder + "/" + Manifest.fileName)
        let unknown = missing + shards.filter { $0.entry.sequences < 1 }.map(\.name.file)
        var half = DataSetHalf(
            folder: folder, manifest: manifest, state: .lost(isThere: isThere), conditions: conditions, unknown: unknown
        )
        if let values = half.soundValues { half.manifest.valueRange = [values.lowerBound, values.upperBound] }
        return half
    }

    /// The manifest without splits and values.
    private func provisional(_ facts: SequenceFacts) throws -> Manifest {
        let headers = shards.compactMap { shard in shard.header.map { (shard.name.file, $0) } }
        guard let (example, header) = headers.first else {
            throw ShardError(
                "\(folder) has no \(Manifest.fileName), and no shard in it tells its shape; copy or split the data again"
            )
        }
        guard (4...5).contains(header.shape.count), ElementType(header.type).array == header.type else {
            throw ShardError("\(folder)/\(example) holds no sequences of frames; move it elsewhere")
        }
        if let other = headers.first(where: {
            $0.1.type != header.type || $0.1.shape.dropFirst() != header.shape.dropFirst()
        }) {
            throw ShardError(
                "\(folder)/\(other.0) holds other sequences than \(example); move the one that does not belong there elsewhere"
            )
        }
        var next = 0
        let entries = shards.filter { $0.entry.sequences > 0 }.map { shard in
            var entry = shard.entry
            entry.first = next
            next += entry.sequences
            return entry
        }
        let shape = header.shape
        let geometry = SequenceGeometry(
            frames: shape[1], height: shape[2], width: shape[3], channels: shape.count == 5 ? shape[4] : 1)
        let manifest = Manifest(
            geometry: geometry, elementType: ElementType(header.type), facts: facts, valueRange: [0, 255],
            sequences: next,
            splits: try SplitRange.ranges(total: next, validation: HeldBack(count: 0), test: HeldBack(count: 0)),
            shards: entries)
        var counted = manifest
        if facts.values != nil { for index in counted.shards.indices { counted.shards[index].missing = 0 } }
        if let problem = counted.problem { throw ShardError("\(folder) holds impossible shards: \(problem)") }
        return manifest
    }

    /// The splits: those that options or the other half say, or those with which the manifest is the lost one.
    private func splits(of half: DataSetHalf, _ hints: Hints, _ read: [SplitRange]?) throws -> [SplitRange] {
        let total = half.manifest.sequences
        if let validation = hints.validation, let test = hints.test {
            return try SplitRange.ranges(total: total, validation: validation, test: test)
        }
        if let splits = hints.splits, splits.last?.range.upperBound == total { return splits }
        if let proven = try proven(half, hints, read) { return proven }
        throw ShardError(
            "\(folder)/\(Manifest.fileName) is lost, and nothing else tells how its \(total) sequences were split; give "
                + "--validation and --test as split was given them (its defaults are 0.1)")
    }

    /// What a manifest on disk still says, though it is damaged.
    private struct Readable {
        var splits: [SplitRange]?
        var facts: SequenceFacts
    }

    private func readable() throws -> Readable? {
        let path = folder + "/" + Manifest.fileName
        guard try Folder.holds(path) else { return nil }
        let file = try InputFile(path: path)
        guard file.size <= Manifest.mostBytes else { return nil }
        let text = Data(try file.bytes())
        struct Splits: Decodable { var splits: [SplitRange]? }
        struct Facts: Decodable { var values: ValueDescription?, timeStep: Double?, times: [UTCTime]? }
        let splits = try? JSONDecoder().decode(Splits.self, from: text)
        let facts = try? JSONDecoder().decode(Facts.self, from: text)
        return Readable(
            splits: splits?.splits,
            facts: SequenceFacts(values: facts?.values, timeStep: facts?.timeStep, times: facts?.times))
    }

    /// The splits with which the manifest has the digest of the lost one, or is the one on disk; nil if there are none.
    private func proven(_ half: DataSetHalf, _ hints: Hints, _ read: [SplitRange]?) throws -> [SplitRange]? {
        guard half.unknown.isEmpty, half.conditions.allSatisfy(\.isSound) else { return nil }
        let path = folder + "/" + Manifest.fileName, digest = folder + "/" + Manifest.digestFileName
        var expected = Set([hints.sha256].compactMap { $0 })
        if try Folder.holds(digest) {
            expected.insert(String(decoding: try InputFile(path: digest).bytes().prefix(64), as: UTF8.self))
        }
        if try Folder.holds(path) { expected.insert(try Digest.ofFile(path)) }
        let usual = HeldBack("0.1")!
        let guesses = [
            read, try? SplitRange.ranges(total: half.manifest.sequences, validation: usual, test: usual), hints.splits,
        ]
        return try guesses.compactMap { $0 }.first { guess in
            let manifest = half.with(guess).manifest
            return try manifest.problem == nil && expected.contains(Digest.of(manifest.text()))
        }
    }
}

extension DataSetHalf {
    /// The half with other splits.
    fileprivate func with(_ splits: [SplitRange]) -> DataSetHalf {
        var half = self
        half.manifest.splits = splits
        return half
    }
}
