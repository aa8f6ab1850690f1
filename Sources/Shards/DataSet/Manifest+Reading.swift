// Reads a manifest from disk without trusting it. The choice: every value is checked to be within bounds before
// anything is computed with it, and later readers may rely on that.

import Formats
import Foundation

extension Manifest {
    /// The largest manifest that is read, in bytes: enough for 70,000 shards or 400,000 times.
    static let mostBytes = 16 << 20

    /// Reads and checks the manifest of a folder.
    ///
    /// Throws `ShardError` for a folder without one, for a later version, and for impossible or inconsistent values.
    package init(folder: String) throws {
        try DataFolder.require(folder)
        let path = folder + "/" + Self.fileName, file = try InputFile(path: path)
        guard file.size <= Self.mostBytes else {
            throw ShardError(
                "\(path) is of \(file.size) bytes, and a manifest of at most \(Self.mostBytes); split the data again")
        }
        let bytes = try file.bytes()
        let version = try Self.decoded(Version.self, from: bytes, at: path).version
        guard Self.versions.contains(version) else {
            throw ShardError(
                "\(path) is version \(version) and this program reads \(Self.versions.upperBound); "
                    + "use a newer convlstm-shard, or split the data again")
        }
        self = try Self.decoded(Manifest.self, from: bytes, at: path)
        if let problem { throw Self.damaged(path, problem) }
        try Self.requireVouched(bytes, folder)
    }

    private struct Version: Codable {
        var version: Int
    }

    private static func decoded<Value: Decodable>(
        _ type: Value.Type, from bytes: [UInt8], at path: String
    ) throws -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(bytes))
        } catch let error as DecodingError {
            throw damaged(path, ManifestProblem(error, bytes).inWords)
        }
    }

    private static func damaged(_ path: String, _ problem: String) -> ShardError {
        ShardError("\(path) is damaged: \(problem); copy it again, or split the data again")
    }

    /// Throws `ShardError` unless the bytes match the digest in the file beside the manifest, if there is one.
    private static func requireVouched(_ bytes: [UInt8], _ folder: String) throws {
        let path = folder + "/" + digestFileName
        guard try Folder.holds(path) else { return }
        let text = String(decoding: try InputFile(path: path).bytes(at: 0, count: 64), as: UTF8.self)
        guard text == Digest.of(bytes) else {
            throw ShardError(
                "\(folder)/\(fileName) is not as it was written: \(digestFileName) beside it has another SHA-256; copy both "
                    + "again, or, if you changed it yourself, run `sha256sum \(fileName) > \(digestFileName)` there")
        }
    }
}

// The valid values of a manifest

extension Manifest {
    /// The largest number of sequences: more than anyone has, and small enough that no sum or product overflows.
    private static let mostSequences = 1_000_000_000
    private static let mostShards = 99_999, mostShardBytes = 1 << 44, largestExtent = 1 << 20

    /// The first invalid entry, in words; nil if all are valid.
    var problem: String? {
        numberOutOfBounds ?? impossibleSize ?? impossibleValues ?? impossibleFacts ?? impossibleCover ?? impossibleName
    }

    /// The first single number that is out of bounds, in words.
    private var numberOutOfBounds: String? {
        typealias Number = (name: String, value: Int, range: ClosedRange<Int>)
        func outside(_ place: String, _ numbers: [Number]) -> String? {
            numbers.first { !$0.range.contains($0.value) }.map {
                "\(place)\($0.name) is \($0.value) and must be from \($0.range.lowerBound) to \($0.range.upperBound)"
            }
        }
        let extents = 1...Self.largestExtent, all = 0...Self.mostSequences, g = geometry
        let whole = outside(
            "",
            [
                ("geometry.frames", g.frames, extents), ("geometry.height", g.height, extents),
                ("geometry.width", g.width, extents), ("geometry.channels", g.channels, extents),
                ("sequences", sequences, 1...Self.mostSequences),
            ])
        if let whole { return whole }
        for (index, split) in splits.enumerated() {
            let numbers: [Number] = [("first", split.first, all), ("sequences", split.sequences, all)]
            if let found = outside("splits[\(index)].", numbers) { return found }
        }
        for (index, shard) in shards.enumerated() {
            let numbers: [Number] = [
                ("first", shard.first, all), ("sequences", shard.sequences, 1...SeekableZstdWriter.mostFrames - 1),
                ("bytes", shard.bytes, 1...Self.mostShardBytes),
            ]
            if let found = outside("shards[\(index)].", numbers) { return found }
        }
        return shards.count > Self.mostShards ? "it has \(shards.count) shards, more than \(Self.mostShards)" : nil
    }

    private var impossibleSize: String? {
        let extents = [geometry.frames, geometry.height, geometry.width, geometry.channels]
        let bytes = extents.reduce((elementType.size, false)) { product, extent in
            let (next, overflow) = product.0.multipliedReportingOverflow(by: extent)
            return (next, product.1 || overflow)
        }
        let most = SeekableZstdWriter.largestFrame
        return bytes.1 || bytes.0 > most ? "a sequence of \(geometry) is of more than \(most) bytes" : nil
    }

    private var impossibleValues: String? {
        guard valueRange.count == 2, valueRange.allSatisfy(\.isFinite), valueRange[0] <= valueRange[1] else {
            return "valueRange is not a smallest and a largest value"
        }
        let isWrong = !hasMeasuredValues && valueRange != [0, 255]
        return isWrong ? "valueRange is \(valueRange[0]) to \(valueRange[1]), and that of uint8 is 0 to 255" : nil
    }

    private var impossibleFacts: String? {
        guard version == 2 || facts == SequenceFacts() && Self.isOfVersion1(elementType) else {
            return "it is version 1 and holds what only version 2 has"
        }
        if let problem = values?.problem(storedAs: elementType) { return "values.\(problem)" }
        if let timeStep, !(timeStep > 0 && timeStep.isFinite) { return "timeStep is \(timeStep)" }
        if let times, times.count != sequences {
            return "it holds \(times.count) times of \(sequences) sequences"
        }
        for (index, shard) in shards.enumerated() {
            guard (shard.missing == nil) == (values == nil) else {
                return "shards[\(index)].missing " + (values == nil ? "is there without values" : "is not there")
            }
            let most = shard.sequences * geometry.elements
            if let missing = shard.missing, !(0...most).contains(missing) {
                return "shards[\(index)].missing is \(missing) and must be from 0 to \(most)"
            }
        }
        return nil
    }

    private var impossibleCover: String? {
        guard splits.map(\.name) == Split.allCases else { return "the splits are not train, validation and test" }
        guard Self.cover(shards.map(\.range), sequences) else { return "the shards do not hold each sequence once" }
        guard Self.cover(splits.map(\.range), sequences) else { return "the splits do not hold each sequence once" }
        return nil
    }

    private var impossibleName: String? {
        func wrongDigest(_ name: String, _ digest: String?) -> String? {
            guard let digest = digest?.utf8 else { return nil }
            let isOne = digest.count == 64 && digest.allSatisfy { Self.hexadecimal.contains($0) }
            return isOne ? nil : "\(name) is no SHA-256 of 64 hexadecimal digits"
        }
        for (index, shard) in shards.enumerated() {
            guard Self.isPlain(shard.file) else {
                return "shards[\(index)].file is not the name of a file in its folder"
            }
            let digests = [("sha256", shard.sha256), ("tableSha256", shard.tableSha256)]
            let wrong = digests.lazy.compactMap { wrongDigest("shards[\(index)].\($0)", $1) }.first
            if let wrong { return wrong }
        }
        if let wrong = wrongDigest("inputsSha256", inputsSha256) { return wrong }
        guard Set(shards.map(\.file)).count == shards.count else { return "two shards have the same file" }
        guard inputs.map(Self.isPlain) ?? true else { return "inputs is not the name of a folder in its folder" }
        return nil
    }

    private static let hexadecimal = Set("0123456789abcdef".utf8)

    /// Whether the ranges are consecutive and cover 0 ..< `total`.
    private static func cover(_ ranges: [Range<Int>], _ total: Int) -> Bool {
        ranges.reduce(0) { end, range in range.lowerBound == end ? range.upperBound : -1 } == total
    }

    /// Whether a name denotes an entry directly in this folder that is neither hidden nor the manifest.
    private static func isPlain(_ name: String) -> Bool {
        let scalars = name.unicodeScalars
        return scalars.first.map { $0 != "." } ?? false && name.utf8.count < 256 && !name.hasPrefix(fileName)
            && scalars.allSatisfy { $0 != "/" && $0.value >= 32 && $0.value != 127 }
    }
}
