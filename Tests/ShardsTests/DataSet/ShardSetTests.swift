import Formats
import Foundation
import Shards
import TestSupport
import Testing

@Suite struct ShardSetTests {
    let folder = try! TemporaryFolder()
    let geometry = SequenceGeometry(frames: 3, height: 4, width: 5, channels: 2)

    /// The raw values of a sequence, which differ within it and between sequences.
    private func values(_ sequence: Int, _ type: Shards.ElementType) -> [Float] {
        (0..<geometry.elements).map { index in
            type == .uint8 ? Float((index + 7 * sequence) % 256) : Float(index) / 8 - Float(sequence)
        }
    }

    private func bytes(_ sequences: Range<Int>, _ type: Shards.ElementType) -> [UInt8] {
        sequences.flatMap { sequence in
            let values = values(sequence, type)
            return type == .uint8 ? values.map { UInt8($0) } : values.withUnsafeBytes { [UInt8]($0) }
        }
    }

    @discardableResult
    private func write(
        _ name: String, _ type: Shards.ElementType, count: Int = 23, shards: Int = 4, block: Int = 5
    ) throws -> String {
        let splits = try SplitRange.ranges(total: count, validation: HeldBack("3")!, test: HeldBack("2")!)
        let writer = try ShardWriter(
            folder: folder.file(name), geometry: geometry, elementType: type, splits: splits, shards: shards, level: 3)
        for first in stride(from: 0, to: count, by: block) {
            try writer.append(bytes(first..<min(count, first + block), type))
        }
        _ = try writer.finish()
        return folder.file(name)
    }

    @Test(arguments: [Shards.ElementType.uint8, .float32], [1, 4, 23, 99])
    func everySequenceComesBack(type: Shards.ElementType, shards: Int) throws {
        let set = try ShardSet(folder: write("x.shards", type, shards: shards))
        #expect(set.manifest.shards.count == min(shards, 23))
        #expect(set.range(of: .train) == 0..<18 && set.range(of: .validation) == 18..<21 && set.count(of: .test) == 2)
        #expect(set.valueRange == (type == .uint8 ? 0...255 : -22...119.0 / 8))
        for sequence in (0..<23).reversed() { #expect(try set.sequence(sequence) == values(sequence, type)) }
    }

    /// Writes a data set of bytes whose inputs are floats.
    private func writePair() throws -> String {
        let splits = try SplitRange.ranges(total: 23, validation: HeldBack("3")!, test: HeldBack("2")!)
        let writer = try ShardWriter(
            folder: folder.file("x.shards"), geometry: geometry, elementType: .uint8, splits: splits, shards: 4,
            level: 3)
        let inputs = try writer.inputs(elementType: .float32)
        try inputs.append(bytes(0..<23, .float32))
        _ = try inputs.finish()
        try writer.append(bytes(0..<23, .uint8))
        _ = try writer.finish()
        return folder.file("x.shards")
    }

    @Test func aPairComesBackAsOne() throws {
        let set = try ShardSet(folder: writePair())
        for sequence in [0, 11, 22] {
            #expect(try set.sequence(sequence) == values(sequence, .uint8))
            #expect(try set.inputs?.sequence(sequence) == values(sequence, .float32))
        }
        #expect(set.valueRange == 0...255 && set.inputs?.count == 23)
        #expect(try ShardSet(folder: write("y.shards", .uint8)).inputs == nil)
    }

    @Test func inputsThatDoNotBelongToTheSequencesAreRefused() throws {
        let path = try writePair()
        try FileManager.default.removeItem(atPath: path + "/inputs")
        #expect(throws: ShardError.self) { try ShardSet(folder: path) }
        let other = try write("other.shards", .uint8, count: 22)
        try FileManager.default.moveItem(atPath: other, toPath: path + "/inputs")
        #expect(throws: ShardError.self) { try ShardSet(folder: path) }
        let manifest = String(decoding: try folder.bytes(of: "x.shards/manifest.json"), as: UTF8.self)
        let changed = manifest.replacingOccurrences(of: #": "inputs""#, with: #": "../x.shards""#)
        try #require(changed != manifest)
        try folder.write([UInt8](changed.utf8), to: "x.shards/manifest.json")
        #expect(throws: ShardError.self) { try ShardSet(folder: path) }
    }

    @Test func threadsMayReadAtOnce() async throws {
        let set = try ShardSet(folder: write("x.shards", .float32))
        let read = try await withThrowingTaskGroup { group in
            for sequence in 0..<23 { group.addTask { (sequence, try set.sequence(sequence)) } }
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        for sequence in 0..<23 { #expect(read[sequence] == values(sequence, .float32)) }
    }

    @Test func theBytesDoNotDependOnTheBlocks() throws {
        try write("a", .uint8, block: 1)
        try write("b", .uint8, block: 23)
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.file("a")) {
            #expect(try folder.bytes(of: "a/\(name)") == folder.bytes(of: "b/\(name)"))
        }
    }

    @Test(.enabled(if: Python.has("numpy"), "needs numpy")) func zstdAndNumpyOpenAShard() throws {
        try write("x.shards", .float32)
        let shard = folder.file("x.shards/00001-of-00004.npy.zst")
        #expect(try Command.run("zstd", ["-dq", shard, "-o", folder.file("x.npy")]).status == 0)
        let printed = try Python.run(
            "import numpy, sys; a = numpy.load(sys.argv[1]); print(a.shape, a.dtype, a[1].ravel()[:3].tolist())",
            [folder.file("x.npy")])
        #expect(printed == "(6, 3, 4, 5, 2) float32 [-6.0, -5.875, -5.75]\n")
    }

    @Test func damageIsNamedByFileAndSequence() throws {
        let path = try write("x.shards", .uint8), shard = "x.shards/00002-of-00004.npy.zst"
        let manifest = try Manifest(folder: path)
        #expect(manifest.shards.allSatisfy { manifest.examination(of: $0, in: path).damage == nil })
        var damaged = try folder.bytes(of: shard)
        let frame = try Zstd.compress(bytes(13..<14, .uint8).span)
        let position = try #require(damaged.indices.first { damaged[$0...].starts(with: frame) })
        damaged[position + frame.count - 1] ^= 1
        try folder.write(damaged, to: shard)

        let set = try ShardSet(folder: path), error = #expect(throws: FormatError.self) { try set.sequence(13) }
        #expect(error?.file.hasSuffix(shard) == true && error?.problem.contains("sequence 13") == true)
        #expect(try set.sequence(12) == values(12, .uint8))
        let found = set.manifest.shards.compactMap { set.manifest.examination(of: $0, in: path).damage }
        #expect(found.map(\.sequences) == [[13..<14]])
        #expect(found.first?.description.contains("lost: sequence 13") == true)
    }

    /// The third of four shards holds sequences 11 to 16.
    @Test func onlyShardsThatAreReadNeedBeThere() throws {
        let path = try writePair()
        for part in ["", "inputs/"] {
            try FileManager.default.removeItem(atPath: "\(path)/\(part)00002-of-00004.npy.zst")
        }
        for sequences in [[0..<23], [0..<3, 16..<17], [11..<12]] {
            #expect(throws: FormatError.self) { try ShardSet(folder: path, reading: sequences) }
        }
        let set = try ShardSet(folder: path, reading: [0..<11, 11..<11, 17..<23])
        for sequence in [0, 10, 17, 22] {
            #expect(try set.sequence(sequence) == values(sequence, .uint8))
            #expect(try set.inputs?.sequence(sequence) == values(sequence, .float32))
        }
    }

    @Test func missingAndCutShardsAreFoundOnOpening() throws {
        let path = try write("x.shards", .uint8), shard = "x.shards/00003-of-00004.npy.zst"
        let whole = try folder.bytes(of: shard)
        try folder.write(Array(whole.dropLast()), to: shard)
        #expect(throws: FormatError.self) { try ShardSet(folder: path) }
        try FileManager.default.removeItem(atPath: folder.file(shard))
        #expect(throws: FormatError.self) { try ShardSet(folder: path) }
        let manifest = try Manifest(folder: path)
        #expect(manifest.examination(of: manifest.shards[3], in: path).damage?.sequences == [17..<23])
    }

    @Test(arguments: [
        (#""version" : 1"#, #""version" : 2"#), (#""frames" : 3"#, #""frames" : 0"#),
        (#""width" : 5"#, #""width" : 9999999"#),
        (#""sequences" : 23"#, #""sequences" : 24"#), (#""first" : 18"#, #""first" : 17"#), ("uint8", "int3"),
        ("00001-of", "../00001-of"), ("validation", "test"), ("{", ""),
    ])
    func aManifestThatDisagreesIsRefused(text: String, replacement: String) throws {
        let path = try write("x.shards", .uint8)
        let manifest = String(decoding: try folder.bytes(of: "x.shards/manifest.json"), as: UTF8.self)
        try #require(manifest.contains(text))
        let changed = manifest.replacingOccurrences(of: text, with: replacement)
        try folder.write([UInt8](changed.utf8), to: "x.shards/manifest.json")
        #expect(throws: ShardError.self) { try ShardSet(folder: path) }
    }

    @Test func anUnfinishedFolderIsNeverSeen() throws {
        do {
            let splits = try SplitRange.ranges(total: 9, validation: HeldBack("0")!, test: HeldBack("0")!)
            let writer = try ShardWriter(
                folder: folder.file("x.shards"), geometry: geometry, elementType: .uint8, splits: splits, shards: 2,
                level: 1)
            try writer.append(bytes(0..<7, .uint8))
            #expect(try folder.names.contains("x.shards") == false)
        }
        #expect(try folder.names == [])
        try write("x.shards", .uint8)
        #expect(throws: ShardError.self) { try write("x.shards", .uint8) }
    }
}
