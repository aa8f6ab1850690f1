import Formats
import Foundation
import Shards
import TestSupport
import Testing

/// Intact shards that are not those of the manifest.
@Suite struct TrustedShardsTests {
    let folder = try! TemporaryFolder()
    private let geometry = SequenceGeometry(frames: 2, height: 16, width: 16, channels: 1)

    /// Writes ten sequences of noise, which all compress to the same size.
    @discardableResult
    private func write(_ name: String, seed: Int) throws -> String {
        let splits = try SplitRange.ranges(total: 10, validation: HeldBack("2")!, test: HeldBack("2")!)
        let writer = try ShardWriter(
            folder: folder.file(name), geometry: geometry, elementType: .uint8, splits: splits, shards: 2, level: 1)
        var state = UInt64(seed)
        try writer.append(
            (0..<10 * geometry.elements).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return UInt8(state >> 56)
            })
        _ = try writer.finish()
        return folder.file(name)
    }

    private let first = "00000-of-00002.npy.zst", second = "00001-of-00002.npy.zst"

    /// Turns the data set into an older one, whose manifest has no digests of the tables.
    private func age(_ name: String) throws {
        let text = String(decoding: try folder.bytes(of: "\(name)/manifest.json"), as: UTF8.self)
        let old = text.replacing(/,\s*"tableSha256" : "[0-9a-f]+"/, with: "")
        try #require(old.count < text.count)
        try folder.write([UInt8](old.utf8), to: "\(name)/manifest.json")
        try FileManager.default.removeItem(atPath: folder.file("\(name)/manifest.json.sha256"))
    }

    private func requireRefusal(_ file: String, _ read: () throws -> Void) {
        let error = #expect(throws: FormatError.self) { try read() }
        #expect(
            error?.file.hasSuffix(file) == true && error?.advice.contains("copy the data set again") == true,
            "\(error!)")
    }

    /// A shard of another data set, and two swapped shards of the same data set.
    @Test(arguments: [("b", "00000-of-00002.npy.zst"), ("a", "00001-of-00002.npy.zst")], [false, true])
    func anotherShardOfTheSameSizeIsRefused(other: (String, String), aged: Bool) throws {
        let path = try write("a", seed: 1)
        try write("b", seed: 2)
        let stranger = try folder.bytes(of: "\(other.0)/\(other.1)")
        try #require(try folder.bytes(of: "a/\(first)").count == stranger.count)
        if aged { try age("a") }
        #expect(throws: Never.self) { try ShardSet(folder: path).requireWholeShards() }
        try folder.write(stranger, to: "a/\(first)")
        if aged {
            let set = try ShardSet(folder: path)
            requireRefusal(first) { try set.requireWholeShards() }
            #expect(throws: Never.self) { try set.requireWholeShards(part: 1, of: 2) }
            requireRefusal(first) { try set.requireWholeShards(part: 0, of: 2) }
        } else {
            requireRefusal(first) { _ = try ShardSet(folder: path) }
        }
    }

    /// Reordered frames, with a table that matches them, and with the original table.
    @Test(arguments: [false, true]) func sequencesInAnotherOrderAreRefused(tableToo: Bool) throws {
        let path = try write("a", seed: 1), set = try ShardSet(folder: path)
        let sequences = try (0..<5).reversed().map { try set.bytes(ofSequence: $0) }
        let whole = try folder.bytes(of: "a/\(first)")
        let header = NpyHeader(type: .uint8, shape: [5] + geometry.shape).encoded
        let writer = try SeekableZstdWriter(path: folder.file("reversed")), compressor = try ZstdCompressor(level: 1)
        try writer.append(frame: compressor.frame(of: header.span), contentSize: header.count)
        for sequence in sequences {
            try writer.append(frame: compressor.frame(of: sequence.span), contentSize: sequence.count)
        }
        _ = try writer.finish()
        var reversed = try folder.bytes(of: "reversed")
        try #require(reversed.count == whole.count)
        let table = 8 + 12 * 6 + 9
        if !tableToo { reversed.replaceSubrange((reversed.count - table)..., with: whole.suffix(table)) }
        try folder.write(reversed, to: "a/\(first)")
        if tableToo {
            requireRefusal(first) { _ = try ShardSet(folder: path) }
        } else {
            let set = try ShardSet(folder: path), error = #expect(throws: FormatError.self) { try set.sequence(0) }
            #expect(error?.problem.contains("other bytes in sequence 0 than its table vouches for") == true)
        }
    }

    /// If a file is overwritten while it is open, the table in memory is still the old one.
    @Test(arguments: [false, true]) func aReplacementInPlaceIsNoticedWhenItIsRead(aged: Bool) throws {
        let path = try write("a", seed: 1)
        try write("b", seed: 2)
        if aged { try age("a") }
        let set = try ShardSet(folder: path), expected = try set.sequence(3)
        try set.requireWholeShards()
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: "\(path)/\(first)"))
        try file.write(contentsOf: folder.bytes(of: "b/\(first)"))
        try file.close()
        let error = #expect(throws: FormatError.self) { try set.sequence(3) }
        #expect(error?.problem.contains("sequence 3") == true)
        #expect(try expected.count == geometry.elements && set.sequence(7).count == geometry.elements)
    }

    /// Data sets that verify must not accept: the digests match, but the manifest describes the shards wrongly.
    @Test(arguments: [
        (#""bytes" : [0-9]+"#, #""bytes" : 1000"#, "bytes and not 1000"),
        (#""frames" : 2"#, #""frames" : 4"#, "in sequence 0"),
        (#""channels" : 1"#, #""channels" : 2"#, "in sequence 0"),
        (#""height" : 16"#, #""height" : 32"#, "in sequence 0"),
        (#""tableSha256" : "...."#, #""tableSha256" : "beef"#, "table of other sequences"),
    ])
    func verifyFindsWhatTheManifestSaysWrongly(pattern: String, replacement: String, phrase: String) throws {
        let path = try write("a", seed: 1)
        let text = String(decoding: try folder.bytes(of: "a/manifest.json"), as: UTF8.self)
        try folder.write([UInt8](text.replacing(try Regex(pattern), with: replacement).utf8), to: "a/manifest.json")
        try FileManager.default.removeItem(atPath: path + "/manifest.json.sha256")
        let manifest = try Manifest(folder: path), found = manifest.examination(of: manifest.shards[0], in: path)
        #expect(found.damage?.reason.contains(phrase) == true, "\(found)")
        #expect(throws: FormatError.self) { try ShardSet(folder: path) }
    }

    @Test func twoSidesWithTheSameBytesAreNotTheOtherWayRound() throws {
        let path = try write("a", seed: 1)
        var text = String(decoding: try folder.bytes(of: "a/manifest.json"), as: UTF8.self)
        text = text.replacing(#""height" : 16"#, with: #""height" : 8"#).replacing(
            #""width" : 16"#, with: #""width" : 32"#)
        try folder.write([UInt8](text.utf8), to: "a/manifest.json")
        try FileManager.default.removeItem(atPath: path + "/manifest.json.sha256")
        let manifest = try Manifest(folder: path), found = manifest.examination(of: manifest.shards[0], in: path)
        #expect(found.damage?.reason.contains("has another .npy header") == true, "\(found)")
    }

    /// The inputs of another pair, which are intact and of the same size.
    @Test func otherInputsAreRefused() throws {
        let values = [UInt8](repeating: 7, count: 4 * geometry.elements)
        for (name, level) in [("a", 1), ("b", 2)] {
            let splits = try SplitRange.ranges(total: 4, validation: HeldBack("1")!, test: HeldBack("1")!)
            let writer = try ShardWriter(
                folder: folder.file(name), geometry: geometry, elementType: .uint8, splits: splits, shards: 1, level: 1)
            let inputs = try writer.inputs(elementType: .uint8)
            try inputs.append(values.map { $0 + UInt8(level) })
            _ = try inputs.finish()
            try writer.append(values)
            _ = try writer.finish()
        }
        #expect(try ShardSet(folder: folder.file("a")).inputs?.sequence(0).first == 8)
        try FileManager.default.removeItem(atPath: folder.file("a/inputs"))
        try FileManager.default.copyItem(atPath: folder.file("b/inputs"), toPath: folder.file("a/inputs"))
        let error = #expect(throws: ShardError.self) { try ShardSet(folder: folder.file("a")) }
        #expect(error?.description.contains("holds other inputs than its data set was made with") == true)
    }

    /// A cycle of folders is detected because the first inputs have inputs of their own.
    @Test func inputsOfInputsAreRefused() throws {
        let path = try write("a", seed: 1)
        let text = String(decoding: try folder.bytes(of: "a/manifest.json"), as: UTF8.self)
        let looped = text.replacing(#""sequences" : 10,"#, with: #""inputs" : "inputs", "sequences" : 10,"#)
        try folder.write([UInt8](looped.utf8), to: "a/manifest.json")
        try FileManager.default.removeItem(atPath: path + "/manifest.json.sha256")
        try FileManager.default.createSymbolicLink(atPath: path + "/inputs", withDestinationPath: ".")
        let error = #expect(throws: ShardError.self) { try ShardSet(folder: path) }
        #expect(error?.description.contains("has inputs of its own") == true)
    }
}
