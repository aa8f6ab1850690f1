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
        var manifest = try provisional(), conditions: [ShardCondition] = []
        manifest.inputs = hints.inputs?.name
        manifest.inputsSha256 = hints.inputs?.sha256
        for shard in manifest.shards {
            conditions.append(try manifest.condition(of: shard, in: folder, isVouched: false))
            try progress()
        }
        let isThere = try Folder.holds(folder + "/" + Manifest.fileName)
        let unknown = missing + shards.filter { $0.entry.sequences < 1 }.map(\.name.file)
        var half = DataSetHalf(
            folder: folder, manifest: manifest, state: .lost(isThere: isThere), conditions: conditions, unknown: unknown
        )
        if let values = half.soundValues { half.manifest.valueRange = [values.lowerBound, values.upperBound] }
        half.manifest.splits = try splits(of: half, hints)
        return half
    }

    /// The manifest without splits and values.
    private func provisional() throws -> Manifest {
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
            geometry: geometry, elementType: ElementType(header.type), valueRange: [0, 255],
            sequences: next,
            splits: try SplitRange.ranges(total: next, validation: HeldBack(count: 0), test: HeldBack(count: 0)),
            shards: entries)
        if let problem = manifest.problem { throw ShardError("\(folder) holds impossible shards: \(problem)") }
        return manifest
    }

    /// The splits: those that options or the other half say, or those with which the manifest is the lost one.
    private func splits(of half: DataSetHalf, _ hints: Hints) throws -> [SplitRange] {
        let total = half.manifest.sequences
        if let validation = hints.validation, let test = hints.test {
            return try SplitRange.ranges(total: total, validation: validation, test: test)
        }
        if let splits = hints.splits, splits.last?.range.upperBound == total { return splits }
        if half.unknown.isEmpty, half.conditions.allSatisfy(\.isSound), let proven = try proven(half.manifest, hints) {
            return proven
        }
        throw ShardError(
            "\(folder)/\(Manifest.fileName) is lost, and nothing else tells how its \(total) sequences were split; give "
                + "--validation and --test as split was given them (its defaults are 0.1)")
    }

    /// The splits with which the manifest has the digest of the lost one, or is the one on disk.
    private func proven(_ manifest: Manifest, _ hints: Hints) throws -> [SplitRange]? {
        let path = folder + "/" + Manifest.fileName, digest = folder + "/" + Manifest.digestFileName
        let disk = try Folder.holds(path) ? try InputFile(path: path) : nil
        let text = try disk.flatMap { try $0.size <= Manifest.mostBytes ? $0.bytes() : nil }
        var expected = Set([hints.sha256].compactMap { $0 })
        if try Folder.holds(digest) {
            expected.insert(String(decoding: try InputFile(path: digest).bytes().prefix(64), as: UTF8.self))
        }
        struct Splits: Decodable { var splits: [SplitRange] }
        let read = text.flatMap { try? JSONDecoder().decode(Splits.self, from: Data($0)) }?.splits
        let usual = HeldBack("0.1")!
        let guesses = [read, try? SplitRange.ranges(total: manifest.sequences, validation: usual, test: usual)]
        for guess in guesses.compactMap({ $0 }) {
            var manifest = manifest
            manifest.splits = guess
            guard manifest.problem == nil else { continue }
            let made = try manifest.text()
            if made == text || expected.contains(Digest.of(made)) { return guess }
        }
        return nil
    }
}
