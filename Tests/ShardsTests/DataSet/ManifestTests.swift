import Formats
import Foundation
import Shards
import TestSupport
import Testing

/// Manifests with arbitrary content: each is refused with one sentence, before anything is computed or allocated.
@Suite struct ManifestTests {
    let folder = try! TemporaryFolder()
    private var path: String { folder.file("x.shards") }

    /// Writes 8 sequences in two shards, 6 of them for training.
    private func write(_ type: Shards.ElementType = .uint8) throws {
        let geometry = SequenceGeometry(frames: 2, height: 4, width: 5, channels: 1)
        let splits = try SplitRange.ranges(total: 8, validation: HeldBack("1")!, test: HeldBack("1")!)
        let writer = try ShardWriter(
            folder: path, geometry: geometry, elementType: type, splits: splits, shards: 2, level: 3)
        let numbers = (0..<8 * geometry.elements).map { Float($0 * 7 % 256) }
        try writer.append(type == .uint8 ? numbers.map { UInt8($0) } : numbers.withUnsafeBytes { [UInt8]($0) })
        _ = try writer.finish()
    }

    /// Replaces text in the manifest, and updates the file with its digest.
    private func change(_ text: String, to replacement: String, vouching: Bool = true) throws {
        let old = String(decoding: try folder.bytes(of: "x.shards/manifest.json"), as: UTF8.self)
        try #require(old.contains(text), "\(old)")
        try replace(with: [UInt8](old.replacing(text, with: replacement, maxReplacements: 1).utf8), vouching: vouching)
    }

    private func replace(with bytes: [UInt8], vouching: Bool = true) throws {
        try folder.write(bytes, to: "x.shards/manifest.json")
        if vouching { try FileManager.default.removeItem(atPath: path + "/manifest.json.sha256") }
    }

    private func refusal() -> String {
        let error = #expect(throws: ShardError.self) { try Manifest(folder: path) }
        return error?.description ?? ""
    }

    @Test(arguments: [
        (#""first" : 0"#, "-1", "shards[0].first is -1"),
        (#""first" : 6"#, "-1", "splits[1].first is -1"),
        (#""sequences" : 6"#, "-9223372036854775808", "splits[0].sequences is -9"),
        (#""sequences" : 8"#, "1152921504606846976", "sequences is 1152921504606846976"),
        (#""sequences" : 8"#, "0", "sequences is 0"),
        (#""first" : 4"#, "9223372036854775807", "shards[1].first is 9223372036854775807"),
        (#""sequences" : 4"#, "0", "shards[0].sequences is 0"),
        (#""sequences" : 4"#, "134217728", "shards[0].sequences is 134217728"),
        (
            #""sequences" : 4"#, "9223372036854775808",
            "shards[0].sequences is 9223372036854775808 and must be a whole number"
        ),
        (#""sequences" : 4"#, "4.5", "shards[0].sequences is 4.5 and"),
        (#""sequences" : 4"#, "null", "shards[0].sequences is null"),
        (#""sequences" : 4"#, #""4""#, "shards[0].sequences is not a whole number"),
        (#""height" : 4"#, "-4", "geometry.height is -4"),
        (#""width" : 5"#, "1048577", "geometry.width"),
        (#""version" : 1"#, "1e300", "version is 1e+300 and must be a whole number"),
        (#""version" : 1"#, "3", "is version 3"),
        (#""elementType" : "uint8""#, #""int3""#, "elementType has a value that it cannot have"),
    ])
    func numbersOutOfBoundsAreNamed(text: String, value: String, phrase: String) throws {
        try write()
        try change(text, to: "\(text.prefix { $0 != ":" }): \(value)")
        #expect(refusal().contains(phrase), "\(refusal())")
    }

    @Test func bytesAndSequencesOfAnySizeAreRefused() throws {
        for bytes in ["9223372036854775807", "-1", "0", "17592186044417"] {
            try write()
            let old = String(decoding: try folder.bytes(of: "x.shards/manifest.json"), as: UTF8.self)
            try replace(with: [UInt8](old.replacing(/"bytes" : [0-9]+/, with: "\"bytes\" : \(bytes)").utf8))
            #expect(refusal().contains("shards[0].bytes is \(bytes)"))
            try FileManager.default.removeItem(atPath: path)
        }
        try write()
        try change(#""frames" : 2"#, to: #""frames" : 1000000"#)
        try change(#""height" : 4"#, to: #""height" : 1000000"#, vouching: false)
        #expect(refusal().contains("is of more than 1073741824 bytes"))
    }

    @Test(arguments: [
        "", ".", "..", "/etc/passwd", "../00000-of-00002.npy.zst", "a/b", "a\\u0000b", "a\\nb", ".hidden",
        "manifest.json",
        "\\/\\u0338x", "00001-of-00002.npy.zst",
    ])
    func namesThatLeadElsewhereAreRefused(name: String) throws {
        try write()
        try change("00000-of-00002.npy.zst", to: name)
        let phrase = name.hasPrefix("00001") ? "same file" : "shards[0].file is not the name"
        #expect(refusal().contains(phrase), "\(refusal())")
    }

    /// The folder of inputs has a plain name, too.
    @Test(arguments: ["", ".", "..", "/tmp", "../y.shards", "a/b", "a\\u0000b", "a\\nb", ".hidden"])
    func inputsThatLeadElsewhereAreRefused(name: String) throws {
        try write()
        try change(#""sequences" : 8,"#, to: #""inputs" : "\#(name)", "sequences" : 8,"#)
        #expect(refusal().contains("inputs is not the name of a folder in its folder"), "\(refusal())")
    }

    /// Symbolic links in the place of a shard or of the inputs: those that leave the folder are not followed.
    @Test(arguments: ["../y.shards/00000-of-00002.npy.zst", "absolute", "../x.shards2/shard", "there.zst"])
    func linksThatLeaveTheFolderAreNotFollowed(target: String) throws {
        try write()
        let name = "00000-of-00002.npy.zst", shard = "\(path)/\(name)", isInside = target == "there.zst"
        try FileManager.default.copyItem(atPath: path, toPath: folder.file("y.shards"))
        try FileManager.default.createDirectory(atPath: path + "2", withIntermediateDirectories: false)
        try FileManager.default.copyItem(atPath: shard, toPath: path + "2/shard")
        try FileManager.default.moveItem(atPath: shard, toPath: path + "/there.zst")
        let place = target == "absolute" ? folder.file("y.shards/\(name)") : target
        try FileManager.default.createSymbolicLink(atPath: shard, withDestinationPath: place)
        let manifest = try Manifest(folder: path)
        let damage = manifest.examination(of: manifest.shards[0], in: path).damage
        #expect((damage == nil) == isInside)
        guard !isInside else { return #expect(try ShardSet(folder: path).count == 8) }
        let error = #expect(throws: ShardError.self) { try ShardSet(folder: path) }
        #expect(error?.description.contains("is a link that leads out of its data set") == true)
        #expect(damage?.reason.contains("is a link that leads out of its data set") == true)
        let refusal = #expect(throws: ShardError.self) { try DataSetRepair(folder: path, options: .init()).run() }
        #expect(refusal?.description.contains("is a link that leads out of its data set") == true)
    }

    @Test func inputsBehindALinkThatLeavesTheFolderAreNotRead() throws {
        try write()
        try FileManager.default.copyItem(atPath: path, toPath: folder.file("y.shards"))
        try FileManager.default.createSymbolicLink(atPath: path + "/inputs", withDestinationPath: "../y.shards")
        try change(#""sequences" : 8,"#, to: #""inputs" : "inputs", "sequences" : 8,"#)
        let error = #expect(throws: ShardError.self) { try ShardSet(folder: path) }
        #expect(error?.description.contains("x.shards/inputs is a link that leads out of its data set") == true)
    }

    @Test func whatIsNoManifestSaysWhereItEnds() throws {
        try write()
        try change(#""first" : 4,"#, to: "")
        #expect(refusal().contains("shards[1] has no first"))
        try replace(with: [UInt8]("{\"version\" : 1,\n \"geometry\" : }".utf8), vouching: false)
        #expect(refusal().contains("it is no JSON in line 2"))
        try replace(with: [UInt8](repeating: UInt8(ascii: "["), count: 100_000), vouching: false)
        #expect(refusal().contains("it is no JSON in line 1"))
        try replace(with: [], vouching: false)
        #expect(refusal().contains("it is not complete JSON"))
        try replace(with: [UInt8](repeating: UInt8(ascii: " "), count: 16 << 20 | 1), vouching: false)
        #expect(refusal().contains("a manifest of at most"))
        try replace(with: [UInt8](#"{"version" : 1, "valueRange" : [0, 1e999]}"#.utf8), vouching: false)
        #expect(refusal().contains("is damaged: it"), "\(refusal())")
        try replace(with: [UInt8]("[1, 2]".utf8), vouching: false)
        #expect(refusal().contains("it is not an object"))
    }

    /// Only the manifest records the range of its floats, and whether it has inputs.
    @Test func aManifestThatChangedIsNotTheOneThatWasWritten() throws {
        try write(.float32)
        try change("    255\n", to: "    655\n", vouching: false)
        #expect(refusal().contains("manifest.json is not as it was written"))
        let digest = try Digest.ofFile(path + "/manifest.json")
        try folder.write([UInt8]("\(digest)  manifest.json\n".utf8), to: "x.shards/manifest.json.sha256")
        #expect(try Manifest(folder: path).valueRange == [0, 655])
        try folder.write([UInt8]("abc".utf8), to: "x.shards/manifest.json.sha256")
        #expect(throws: FormatError.self) { try Manifest(folder: path) }
    }

    @Test func whatSha256sumWritesIsUnderstood() throws {
        try write()
        let result = try Command.run("sha256sum", ["-c", "manifest.json.sha256"], directory: path)
        #expect(result.status == 0 && result.stdout == "manifest.json: OK\n", "\(result)")
    }

    @Test(arguments: ["655", "254", "255.5"]) func bytesHaveTheirWholeRange(most: String) throws {
        try write()
        try change("    255\n", to: "    \(most)\n")
        #expect(refusal().contains("that of uint8 is 0 to 255"))
    }

    /// A range narrower than the values, which reading detects, and a wider one, which only verify can detect.
    @Test func floatsHaveTheRangeThatWasMeasured() throws {
        try write(.float32)
        let manifest = try Manifest(folder: path)
        let ranges = manifest.shards.compactMap { manifest.examination(of: $0, in: path).values }
        #expect(ranges.count == 2 && manifest.complaint(aboutMeasured: ranges) == nil)
        try change("    255\n", to: "    100\n")
        let complaint = try Manifest(folder: path).complaint(aboutMeasured: ranges)
        #expect(complaint?.contains("and manifest.json says 0.0 and 100.0") == true)
        let set = try ShardSet(folder: path)
        let error = #expect(throws: FormatError.self) { try (0..<8).map { try set.sequence($0) } }
        #expect(error?.problem.contains("gives the range 0.0 to 100.0 and sequence 0 holds") == true)
    }

    @Test func whatIsNoDataSetHasASentenceOfItsOwn() throws {
        func sentence(_ name: String) -> String {
            let error = #expect(throws: ShardError.self) { try Manifest(folder: name) }
            return error?.description ?? ""
        }
        #expect(sentence("nowhere.shards").contains("nowhere.shards does not exist in /"))
        #expect(sentence(folder.file("nowhere")).hasSuffix("nowhere does not exist; check the path"))
        try folder.write([1], to: "x.npy")
        #expect(sentence(folder.file("x.npy")).contains("is a file and no folder of shards"))
        #expect(sentence(folder.path).contains("has no manifest.json"))
        try FileManager.default.createSymbolicLink(atPath: folder.file("link"), withDestinationPath: "gone")
        #expect(sentence(folder.file("link")).contains("is a link to gone, which does not exist"))
        #expect(sentence("").contains("has no name"))
    }
}
