import Formats
import Foundation
import Shards
import TestSupport
import Testing

/// Sequences that are added to a data set.
@Suite struct ShardAppenderTests {
    private let folder = try! TemporaryFolder()

    private func append(
        _ numbers: Range<Int>, to set: SmallDataSet, type: Shards.ElementType = .uint8, shards: Int = 2
    ) throws -> Manifest {
        let appender = try ShardAppender(
            folder: set.path, geometry: SmallDataSet.geometry, elementType: type, sequences: numbers.count,
            shards: shards, level: 1)
        try appender.append(SmallDataSet.noise(numbers, type))
        return try appender.finish()
    }

    /// Appends sequences with their inputs, which have the numbers from 1000 on.
    private func appendPairs(
        _ numbers: Range<Int>, to set: SmallDataSet, inputs: Int = 1000, type: Shards.ElementType = .uint8
    ) throws -> Manifest {
        let appender = try ShardAppender(
            folder: set.path, geometry: SmallDataSet.geometry, elementType: .uint8, inputs: type,
            sequences: numbers.count, shards: 2, level: 1)
        try appender.appendInputs(SmallDataSet.noise(inputs + numbers.lowerBound..<inputs + numbers.upperBound, type))
        try appender.append(SmallDataSet.noise(numbers))
        return try appender.finish()
    }

    /// They stand before the shard in which validation begins, which holds training sequences, too.
    @Test func theyAreForTrainingAndTheOthersStay() throws {
        let set = try SmallDataSet(in: folder), before = try set.contents()
        _ = try append(100..<105, to: set)
        _ = try append(200..<201, to: set)
        let train = Array(0..<12) + Array(100..<105) + [200] + Array(12..<17)
        try set.require(train + Array(17..<24), splits: [23, 4, 3])
        let after = try set.contents()
        for (name, bytes) in before where name.hasSuffix(".zst") { #expect(after[name] == bytes) }
        #expect(
            after.keys.sorted() == [
                "00000-of-00004.npy.zst", "00001-of-00004.npy.zst", "00002-of-00004.added-00001-00000-of-00002.npy.zst",
                "00002-of-00004.added-00001-00001-of-00002.npy.zst",
                "00002-of-00004.added-00002-00000-of-00001.npy.zst",
                "00002-of-00004.npy.zst", "00003-of-00004.npy.zst", "manifest.json", "manifest.json.sha256",
            ])
    }

    @Test func pairsStayPairs() throws {
        let set = try SmallDataSet(in: folder, pairs: true), before = try set.contents()
        _ = try appendPairs(100..<105, to: set)
        _ = try appendPairs(200..<201, to: set)
        let train = Array(0..<12) + Array(100..<105) + [200] + Array(12..<17)
        try set.require(train + Array(17..<24), splits: [23, 4, 3], pairs: true)
        let after = try set.contents(), manifests = ["manifest.json", "manifest.json.sha256"]
        let kept = before.filter { $0.key.hasSuffix(".zst") }
        #expect(kept.allSatisfy { after[$0] == $1 } && kept.count == 8)
        let others = after.keys.filter { !$0.hasSuffix(".zst") }.sorted()
        #expect(others == (["inputs"] + manifests.map { "inputs/" + $0 } + manifests).sorted())
    }

    /// Another distortion of the same sequences is another pair.
    @Test func aPairIsKnownByBothOfItsHalves() throws {
        let set = try SmallDataSet(in: folder, pairs: true)
        _ = try appendPairs(100..<105, to: set)
        let error = #expect(throws: ShardError.self) { try appendPairs(100..<105, to: set) }
        #expect(error?.description.contains("holds these 5 sequences already") == true)
        #expect(try appendPairs(100..<105, to: set, inputs: 2000).sequences == 34)
        #expect(try !set.repair().isChanged)
    }

    /// Without a digest in the manifest, nothing would tell after a kill which inputs are those of the sequences.
    @Test func pairsOfAnOlderProgramGetTheirDigest() throws {
        let set = try SmallDataSet(in: folder, pairs: true), file = set.name + "/manifest.json"
        let text = String(decoding: try folder.bytes(of: file), as: UTF8.self)
        let older = text.replacing(/\s*"inputsSha256" : "[0-9a-f]+",/, with: "")
        try #require(older != text)
        try folder.write(Array(older.utf8), to: file)
        try set.remove("manifest.json.sha256")
        let made = try appendPairs(100..<105, to: set)
        #expect(try made.inputsSha256 == Digest.ofFile(set.path + "/inputs/manifest.json"))
        try set.require(Array(0..<12) + Array(100..<105) + Array(12..<24), splits: [22, 4, 3], pairs: true)
    }

    @Test func pairsThatDoNotFitAreRefusedAndLeaveNothing() throws {
        let set = try SmallDataSet(in: folder), pair = try SmallDataSet("p.shards", in: folder, pairs: true)
        let before = try (set.contents(), pair.contents())
        func refusal(_ body: () throws -> Void) -> String {
            let error = #expect(throws: ShardError.self) { try body() }
            return error?.description ?? ""
        }
        #expect(refusal { _ = try append(0..<1, to: pair) }.contains("give those of the new ones, too, with --inputs"))
        #expect(refusal { _ = try appendPairs(0..<1, to: set) }.contains("has no inputs apart from its sequences"))
        let type = refusal { _ = try appendPairs(0..<1, to: pair, type: .float32) }
        #expect(type.contains("p.shards/inputs holds sequences of") && type.contains("append what is alike"))
        #expect(try (set.contents(), pair.contents()) == before)
    }

    /// New sequences would stand at one place in a half, and at another in the other.
    @Test func halvesOfDifferentShardsAreRefused() throws {
        let pair = try SmallDataSet("p.shards", in: folder, pairs: true), inputs = pair.path + "/inputs"
        let splits = try SplitRange.ranges(total: 24, validation: HeldBack(count: 4), test: HeldBack(count: 3))
        let digest = try Digest.ofFile(inputs + "/manifest.json")
        try Folder.remove(inputs)
        let writer = try ShardWriter(
            folder: inputs, geometry: SmallDataSet.geometry, elementType: .uint8, splits: splits, shards: 3, level: 1)
        try writer.append(SmallDataSet.noise(1000..<1024))
        _ = try writer.finish()
        let text = String(decoding: try folder.bytes(of: "p.shards/manifest.json"), as: UTF8.self)
        let named = text.replacing(digest, with: try Digest.ofFile(inputs + "/manifest.json"))
        try folder.write(Array(named.utf8), to: "p.shards/manifest.json")
        try pair.remove("manifest.json.sha256")
        let error = #expect(throws: ShardError.self) { try appendPairs(100..<105, to: pair) }
        #expect(error?.description.contains("hold different sequences, so that none can be added between them") == true)
    }

    /// A lost manifest of a data set to which was appended: the names tell the order.
    @Test func theirOrderIsInTheirNames() throws {
        let set = try SmallDataSet(in: folder)
        _ = try append(100..<105, to: set)
        _ = try append(200..<207, to: set, shards: 3)
        let before = try set.contents()
        try set.remove("manifest.json")
        let options = DataSetRepair.Options(validation: HeldBack(count: 4), test: HeldBack(count: 3))
        #expect(try set.repair(options).madeManifest)
        #expect(try set.contents() == before)
        try set.remove("manifest.json")
        try set.remove("00002-of-00004.added-00002-00001-of-00003.npy.zst")
        let error = #expect(throws: ShardError.self) { try set.repair(options) }
        #expect(error?.description.contains("added-00002-00001-of-00003") == true)
    }

    /// Without held-back sequences they stand at the end.
    @Test func withoutHeldBackSequencesTheyAreTheLast() throws {
        let splits = try SplitRange.ranges(total: 4, validation: HeldBack(count: 0), test: HeldBack(count: 0))
        let writer = try ShardWriter(
            folder: folder.file("y"), geometry: SmallDataSet.geometry, elementType: .uint8, splits: splits, shards: 2,
            level: 1)
        try writer.append(SmallDataSet.noise(0..<4))
        _ = try writer.finish()
        let appender = try ShardAppender(
            folder: folder.file("y"), geometry: SmallDataSet.geometry, elementType: .uint8, sequences: 1, shards: 1,
            level: 1)
        try appender.append(SmallDataSet.noise(9..<10))
        let made = try appender.finish()
        #expect(made.shards.map(\.file).last == "00002-of-00002.added-00001-00000-of-00001.npy.zst")
        #expect(try ShardSet(folder: folder.file("y")).bytes(ofSequence: 4) == SmallDataSet.noise(9..<10))
    }

    @Test func theRangeOfFloatsIsThatOfAll() throws {
        let set = try SmallDataSet(in: folder, type: .float32), before = try Manifest(folder: set.path).valueRange
        let appender = try ShardAppender(
            folder: set.path, geometry: SmallDataSet.geometry, elementType: .float32, sequences: 1, shards: 1, level: 1)
        let loud = (0..<SmallDataSet.geometry.elements).map { Float($0) * 10 }
        try appender.append(loud.withUnsafeBytes { [UInt8]($0) })
        let made = try appender.finish()
        #expect(made.valueRange == [before[0], loud.last!] && before[1] < loud.last!)
        #expect(try !set.repair().isChanged)
    }

    @Test func whatDoesNotFitIsRefusedAndLeavesNothing() throws {
        let set = try SmallDataSet(in: folder), pair = try SmallDataSet("p.shards", in: folder, pairs: true)
        _ = try append(100..<105, to: set)
        let before = try set.contents(), wide = SequenceGeometry(frames: 2, height: 8, width: 10, channels: 1)
        func refusal(_ body: () throws -> Void) -> String {
            let error = #expect(throws: ShardError.self) { try body() }
            return error?.description ?? ""
        }
        #expect(refusal { _ = try append(100..<105, to: set) }.contains("holds these 5 sequences already"))
        #expect(refusal { _ = try append(0..<1, to: set, type: .float32) }.contains("and these are of"))
        #expect(refusal { _ = try append(0..<1, to: pair) }.contains("has inputs apart"))
        let other = refusal {
            _ = try ShardAppender(
                folder: set.path, geometry: wide, elementType: .uint8, sequences: 1, shards: 1, level: 1)
        }
        #expect(other.contains("of 2 frames of 8 x 10 x 1, uint8"))
        let lock = try LockFile(path: set.path + "/.lock")
        #expect(refusal { _ = try append(0..<1, to: set) }.contains("another process changes"))
        lock.release()
        try FileManager.default.removeItem(atPath: set.path + "/.lock")
        #expect(try set.contents() == before)
    }

    /// A copy by links keeps the smaller data set: what is appended changes none of its files.
    @Test func aCopyByLinksStaysAsItWas() throws {
        let set = try SmallDataSet(in: folder), before = try set.contents()
        try Folder.make(folder.file("copy"))
        for name in before.keys { #expect(link(folder.file("x.shards/" + name), folder.file("copy/" + name)) == 0) }
        _ = try append(100..<105, to: set)
        for (name, bytes) in before { #expect(try folder.bytes(of: "copy/" + name) == bytes) }
        #expect(try ShardSet(folder: folder.file("copy")).count == 24)
    }
}
