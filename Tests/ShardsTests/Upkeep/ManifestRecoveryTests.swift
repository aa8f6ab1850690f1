import Formats
import Foundation
import Shards
import TestSupport
import Testing

/// Lost manifests: missing, damaged, and without the file that vouches for them.
@Suite struct ManifestRecoveryTests {
    private let folder = try! TemporaryFolder()
    private let all = Array(0..<24)
    private let counts = DataSetRepair.Options(validation: HeldBack(count: 4), test: HeldBack(count: 3))

    private func manifest() throws -> [UInt8] { try folder.bytes(of: "x.shards/manifest.json") }

    private func refusal(_ set: SmallDataSet, _ options: DataSetRepair.Options = .init()) throws -> String {
        let before = try set.contents()
        let error = #expect(throws: ShardError.self) { try set.repair(options) }
        #expect(try set.contents() == before)
        return error?.description ?? ""
    }

    /// Only a person knows the splits; all else is in the shards, so that the manifest is the same byte for byte.
    @Test(arguments: [Shards.ElementType.uint8, .float32], [false, true])
    func aMissingManifestIsMadeAgain(type: Shards.ElementType, vouched: Bool) throws {
        let set = try SmallDataSet(in: folder, type: type), before = try set.contents()
        try set.remove("manifest.json")
        if !vouched { try set.remove("manifest.json.sha256") }
        let sentence = try refusal(set)
        #expect(sentence.contains("give --validation and --test"), "\(sentence)")
        let report = try set.repair(counts)
        #expect(report.madeManifest && report.lost == 0)
        #expect(try set.contents() == before)
        try set.require(all, splits: [17, 4, 3], type: type)
        #expect(try refusal(set, counts).contains("leave out --validation"))
    }

    /// The usual splits are tried, and proven by the digest of the lost manifest; without it they are not taken.
    @Test func usualSplitsAreProvenByTheDigest() throws {
        let name = "y.shards",
            splits = try SplitRange.ranges(
                total: 24, validation: HeldBack("0.1")!, test: HeldBack("0.1")!)
        let writer = try ShardWriter(
            folder: folder.file(name), geometry: SmallDataSet.geometry, elementType: .uint8, splits: splits, shards: 4,
            level: 1)
        try writer.append(SmallDataSet.noise(0..<24))
        _ = try writer.finish()
        let before = try folder.bytes(of: name + "/manifest.json")
        try FileManager.default.removeItem(atPath: folder.file(name) + "/manifest.json")
        let report = try DataSetRepair(folder: folder.file(name), options: .init()).run()
        #expect(report.madeManifest)
        #expect(try folder.bytes(of: name + "/manifest.json") == before)
        for file in ["manifest.json", "manifest.json.sha256"] {
            try FileManager.default.removeItem(atPath: folder.file(name) + "/" + file)
        }
        #expect(throws: ShardError.self) { try DataSetRepair(folder: folder.file(name), options: .init()).run() }
    }

    /// A flipped byte, wherever it is: what the damaged manifest says of splits is proven by the digest.
    @Test func aDamagedManifestIsMadeAgain() throws {
        let set = try SmallDataSet(in: folder), whole = try manifest()
        for place in [0, 9, whole.count / 3, whole.count / 2, whole.count - 3] {
            var bytes = whole
            bytes[place] ^= 1
            try folder.write(bytes, to: "x.shards/manifest.json")
            let report = try? set.repair()
            // Where it is no JSON any more, the splits are not in it.
            if report == nil { #expect(try set.repair(counts).madeManifest, "\(place)") }
            #expect(try manifest() == whole, "\(place)")
            #expect(try folder.bytes(of: "x.shards/manifest.json.damaged") == bytes)
            try set.remove("manifest.json.damaged")
        }
        let number = String(decoding: whole, as: UTF8.self).replacing(#""width" : 9"#, with: #""width" : 8"#)
        try folder.write([UInt8](number.utf8), to: "x.shards/manifest.json")
        #expect(try set.repair().madeManifest)
        #expect(try manifest() == whole)
    }

    /// The manifest is as it was, and what vouches for it is not.
    @Test(arguments: ["flipped", "cut", "missing"]) func aDamagedDigestIsMadeAgain(what: String) throws {
        let set = try SmallDataSet(in: folder), before = try set.contents(), file = "x.shards/manifest.json.sha256"
        var bytes = try folder.bytes(of: file)
        switch what {
        case "flipped": bytes[5] ^= 1
        case "cut": bytes.removeLast(40)
        default: try set.remove("manifest.json.sha256")
        }
        if what != "missing" { try folder.write(bytes, to: file) }
        #expect(try set.repair().isChanged)
        for (name, content) in before { #expect(try folder.bytes(of: "x.shards/" + name) == content) }
    }

    /// A lost manifest and a damaged shard: the splits are those of the sequences as they were.
    @Test func splitsAreCountedBeforeTheLoss() throws {
        let set = try SmallDataSet(in: folder)
        try set.flip(18)
        try set.remove("manifest.json")
        #expect(try refusal(set).contains("give --validation and --test"))
        #expect(try set.repair(counts).lost == 1)
        try set.require(all.filter { $0 != 18 }, splits: [17, 3, 3])
    }

    @Test func aMissingShardIsKnownByTheOthersNames() throws {
        let set = try SmallDataSet(in: folder)
        try set.remove("manifest.json")
        try set.remove("00002-of-00004.npy.zst")
        #expect(try refusal(set, counts).contains("00002-of-00004.npy.zst; copy that again"))
        var options = counts
        options.dropsMissing = true
        #expect(try set.repair(options).madeManifest)
        try set.require(all.filter { !(12..<18).contains($0) }, splits: [11, 4, 3])
    }

    @Test func foldersThatAreNoneGetASentence() throws {
        #expect(throws: ShardError.self) { try DataSetRepair(folder: folder.file("gone"), options: .init()).run() }
        try Folder.make(folder.file("empty"))
        let empty = #expect(throws: ShardError.self) {
            try DataSetRepair(folder: folder.file("empty"), options: .init()).run()
        }
        #expect(empty?.description.contains("neither a manifest.json nor shards") == true)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.file("empty")).isEmpty)
        let set = try SmallDataSet(in: folder)
        try set.remove("manifest.json")
        for (name, phrase) in [("00000-of-00005.npy.zst", "several data sets"), ("a.npy.zst", "no name by which")] {
            try folder.write(folder.bytes(of: set.shard(0)), to: "x.shards/" + name)
            #expect(try refusal(set, counts).contains(phrase))
            try set.remove(name)
        }
        for shard in 0..<4 { try set.cut(shard, to: 0.01) }
        #expect(try refusal(set, counts).contains("no shard in it tells its shape"))
    }

    /// Each half of a pair tells the splits of the other.
    @Test(arguments: [["manifest.json"], ["inputs/manifest.json"], ["manifest.json", "manifest.json.sha256"]])
    func halvesTellEachOtherTheSplits(lost: [String]) throws {
        let set = try SmallDataSet(in: folder, pairs: true), before = try set.contents()
        for file in lost { try set.remove(file) }
        #expect(try set.repair().madeManifest)
        #expect(try set.contents() == before)
        for file in ["manifest.json", "inputs/manifest.json"] { try set.remove(file) }
        #expect(try refusal(set).contains("inputs/manifest.json is lost"))
        #expect(try set.repair(counts).madeManifest)
        #expect(try set.contents() == before)
    }

    /// The state between the two manifests of a pair, in which a killed process leaves them.
    @Test func halfOfTheChangeOfAPairIsUndone() throws {
        let set = try SmallDataSet(in: folder, pairs: true)
        try set.flip(8)
        let names = ["manifest.json", "manifest.json.sha256"].map { "x.shards/" + $0 }
        let old = try names.map { try folder.bytes(of: $0) }, shard = try folder.bytes(of: set.shard(1))
        _ = try set.repair()
        for (name, bytes) in zip(names, old) { try folder.write(bytes, to: name) }
        try folder.write(shard, to: set.shard(1))
        for half in ["", "inputs/"] {
            let file = "x.shards/\(half)00001-of-00004.npy.zst"
            try? Folder.rename(folder.file(file + ".damaged"), to: folder.file(file))
        }
        #expect(throws: ShardError.self) { try ShardSet(folder: set.path) }
        #expect(try set.repair().lost == 1)
        try set.require(all.filter { $0 != 8 }, splits: [16, 4, 3], pairs: true)
    }
}
