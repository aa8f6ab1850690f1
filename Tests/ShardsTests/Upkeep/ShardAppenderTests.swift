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
