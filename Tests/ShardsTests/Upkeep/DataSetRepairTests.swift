import Formats
import Foundation
import Shards
import TestSupport
import Testing

/// Damaged shards, and shards that are not there; `ManifestRecoveryTests` has lost manifests.
@Suite struct DataSetRepairTests {
    private let folder = try! TemporaryFolder()
    private let all = Array(0..<24)

    private func refusal(_ set: SmallDataSet, _ options: DataSetRepair.Options = .init()) throws -> String {
        let before = try set.contents()
        let error = #expect(throws: ShardError.self) { try set.repair(options) }
        #expect(try set.contents() == before)
        return error?.description ?? ""
    }

    @Test(arguments: [false, true]) func aSoundFolderStaysAsItIs(pairs: Bool) throws {
        let set = try SmallDataSet(in: folder, pairs: pairs), before = try set.contents()
        let report = try set.repair()
        #expect(!report.isChanged && report.lost == 0 && report.damages.isEmpty && report.remarks.isEmpty)
        #expect(try set.contents() == before)
        try set.require(all, splits: [17, 4, 3], pairs: pairs)
    }

    /// Losses in each split and in two shards.
    @Test(arguments: [([3], [16, 4, 3]), ([0, 5, 18], [15, 3, 3]), ([23], [17, 4, 2]), ([16, 17], [16, 3, 3])])
    func flippedBytesCostTheirSequences(lost: [Int], splits: [Int]) throws {
        let set = try SmallDataSet(in: folder)
        for sequence in lost { try set.flip(sequence) }
        let damaged = try folder.bytes(of: set.shard(lost[0] / 6))
        let report = try set.repair()
        #expect(report.isChanged && report.lost == lost.count)
        #expect(report.damages.flatMap(\.sequences).flatMap { $0 } == lost)
        #expect(try folder.bytes(of: set.shard(lost[0] / 6) + ".damaged") == damaged)
        try set.require(all.filter { !lost.contains($0) }, splits: splits)
    }

    /// The table alone is damaged, or the header alone: no sequence is lost.
    @Test(arguments: [3, -1, -20, -60]) func whatFramesDoNotNeedCostsNone(place: Int) throws {
        let set = try SmallDataSet(in: folder)
        var bytes = try folder.bytes(of: set.shard(1))
        bytes[place < 0 ? bytes.count + place : place] ^= 0x10
        try folder.write(bytes, to: set.shard(1))
        let report = try set.repair()
        #expect(report.isChanged && report.lost == 0 && report.damages.count == 1, "\(report)")
        try set.require(all, splits: [17, 4, 3])
    }

    @Test func aCutShardKeepsItsBeginning() throws {
        let set = try SmallDataSet(in: folder)
        try set.cut(2, to: 0.5)
        let lost = Set(try set.repair().damages.flatMap(\.sequences).flatMap { $0 })
        #expect(lost.isSubset(of: 12..<18) && lost.contains(17) && !lost.contains(12), "\(lost)")
        let kept = all.filter { !lost.contains($0) }
        try set.require(kept, splits: [kept.count { $0 < 17 }, kept.count { (17..<21).contains($0) }, 3])
    }

    /// Missing, empty, and of another data set: the sequences go only if a person says so.
    @Test(arguments: ["missing", "empty", "other"]) func aShardThatIsNotThereIsAskedFor(what: String) throws {
        let set = try SmallDataSet(in: folder)
        switch what {
        case "missing": try set.remove("00001-of-00004.npy.zst")
        case "empty": try folder.write([], to: set.shard(1))
        default: try folder.write(folder.bytes(of: set.shard(2)), to: set.shard(1))
        }
        let sentence = try refusal(set)
        #expect(sentence.contains("00001-of-00004.npy.zst (sequences 6-11: it"), "\(sentence)")
        #expect(sentence.contains("--drop-missing"))
        let report = try set.repair(.init(dropsMissing: true))
        #expect(report.lost == 6)
        #expect(try folder.names == ["x.shards"])
        try set.require(all.filter { !(6..<12).contains($0) }, splits: [11, 4, 3])
        let isKept = FileManager.default.fileExists(atPath: folder.file(set.shard(1)) + ".damaged")
        #expect(isKept == (what != "missing"))
    }

    @Test func nothingIsLeftOfNothing() throws {
        let set = try SmallDataSet(in: folder)
        for shard in 0..<4 { try set.remove("0000\(shard)-of-00004.npy.zst") }
        #expect(try refusal(set, .init(dropsMissing: true)).contains("no sequence of"))
    }

    /// A sequence that one half has lost goes in the other, too.
    @Test(arguments: [false, true]) func pairsStayPairs(inputs: Bool) throws {
        let set = try SmallDataSet(in: folder, pairs: true)
        try set.flip(8, inputs: inputs)
        try set.flip(20, inputs: !inputs)
        #expect(try set.repair().lost == 2)
        try set.require(all.filter { $0 != 8 && $0 != 20 }, splits: [16, 3, 3], pairs: true)
        let half = folder.file("x.shards/inputs")
        let error = #expect(throws: ShardError.self) { try DataSetRepair(folder: half, options: .init()).run() }
        #expect(error?.description.contains("is a part of the data set") == true)
    }

    /// The range of floats follows the sequences: number 0 of the noise has the largest values.
    @Test func theRangeOfValuesFollows() throws {
        let set = try SmallDataSet(in: folder, type: .float32)
        let before = try Manifest(folder: set.path).valueRange
        try set.flip(0)
        let report = try set.repair()
        #expect(report.manifest.valueRange[1] < before[1] && report.remarks.count == 1, "\(report)")
        try set.require(Array(1..<24), splits: [16, 4, 3], type: .float32)
        #expect(
            report.manifest.complaint(
                aboutMeasured: report.manifest.shards.compactMap {
                    report.manifest.examination(of: $0, in: set.path).values
                }) == nil)
    }

    /// The same shard is damaged again after it was mended, and again.
    @Test func mendedShardsAreMendedAgain() throws {
        let set = try SmallDataSet(in: folder)
        try set.flip(1)
        #expect(try set.repair().lost == 1)
        for revision in 1...2 {
            let file = "x.shards/00000-of-00004.mended-0000\(revision).npy.zst"
            var bytes = try folder.bytes(of: file)
            bytes[bytes.count / 2] ^= 1
            try folder.write(bytes, to: file)
            #expect(try set.repair().lost == 1)
        }
        #expect(try ShardSet(folder: set.path).count == 21)
        #expect(try FileManager.default.contentsOfDirectory(atPath: set.path).count { $0.contains(".damaged") } == 6)
    }

    /// What a process leaves behind that was killed after it had put the new manifest in place.
    @Test func aShardThatWasNotSetAsideIs() throws {
        let set = try SmallDataSet(in: folder)
        try set.flip(1)
        _ = try set.repair()
        try Folder.rename(folder.file(set.shard(0)) + ".damaged", to: folder.file(set.shard(0)))
        try set.remove("manifest.json.sha256")
        let report = try set.repair()
        #expect(report.isChanged && report.remarks.count == 1, "\(report)")
        try set.require(Array(0..<24).filter { $0 != 1 }, splits: [16, 4, 3])
        try folder.write([1], to: "x.shards/00009-of-00012.npy.zst")
        #expect(try set.repair().remarks.first?.contains("no part of the data set") == true)
    }

    @Test func otherProcessesAndVersionsAreRespected() throws {
        let set = try SmallDataSet(in: folder)
        try set.flip(1)
        let lock = try LockFile(path: set.path + "/.lock")
        let held = #expect(throws: ShardError.self) { try set.repair() }
        #expect(held?.description.contains("another process changes") == true)
        lock.release()
        let text = String(decoding: try folder.bytes(of: "x.shards/manifest.json"), as: UTF8.self)
        let newer = [UInt8](text.replacing(#""version" : 1"#, with: #""version" : 3"#).utf8)
        try folder.write(newer, to: "x.shards/manifest.json")
        try folder.write([UInt8]("\(Digest.of(newer))  manifest.json\n".utf8), to: "x.shards/manifest.json.sha256")
        let error = #expect(throws: ShardError.self) { try set.repair() }
        #expect(error?.description.contains("is version 3") == true)
    }

    /// Any bytes: a sound data set or one sentence comes of it, and no sequence that was not there.
    @Test func mutatedShardsNeverBecomeOthers() throws {
        let known = Set(all.map { SmallDataSet.noise($0..<$0 + 1) })
        for number in 0..<40 {
            let folder = try TemporaryFolder(), set = try SmallDataSet(in: folder)
            let file = set.shard(number % 4)
            try folder.write(Mutation(number: number).applied(to: folder.bytes(of: file)), to: file)
            do {
                _ = try set.repair(.init(dropsMissing: number.isMultiple(of: 2)))
            } catch let error as ShardError {
                #expect(error.description.contains("--drop-missing"), "\(number): \(error)")
                continue
            }
            let mended = try ShardSet(folder: set.path)
            let kept = try (0..<mended.count).map { try mended.bytes(ofSequence: $0) }
            #expect(kept.allSatisfy(known.contains) && Set(kept).count == kept.count, "\(number)")
            #expect(kept == all.map { SmallDataSet.noise($0..<$0 + 1) }.filter { kept.contains($0) }, "\(number)")
        }
    }
}
