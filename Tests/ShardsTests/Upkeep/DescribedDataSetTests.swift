import Formats
import Foundation
import Shards
import TestSupport
import Testing

/// Data sets whose numbers have a meaning and whose sequences have times: written, read, checked, mended, appended to.
@Suite struct DescribedDataSetTests {
    let folder = try! TemporaryFolder()
    private let geometry = SequenceGeometry(frames: 2, height: 2, width: 3, channels: 1)
    private static let midnight = UTCTime("2010-08-26T00:00")!

    private func facts(_ count: Int, from first: Int = 0, timed: Bool = true) -> SequenceFacts {
        var values = ValueDescription()
        (values.missing, values.scale, values.offset, values.unit) = (-1, 0.01, 2, "mm")
        values.attributes = ["projection": "+proj=stere"]
        let times = (first..<first + count).map { Self.midnight + 600 * $0 }
        return SequenceFacts(values: values, timeStep: timed ? 300 : nil, times: timed ? times : nil)
    }

    /// The numbers of a sequence: its own number, and one missing pixel for each of so many.
    private func numbers(_ sequence: Int) -> [Int] { (0..<12).map { $0 < sequence % 5 ? -1 : 100 * sequence + $0 } }

    private func bytes(_ sequences: Range<Int>) -> [UInt8] {
        sequences.flatMap(numbers).flatMap { Shards.ElementType.int16.bytes(of: Double($0)) }
    }

    /// A set of eight sequences in four shards: 5 for training, 2 for validation, 1 for testing.
    @discardableResult private func write(_ name: String = "x.shards", pairs: Bool = false) throws -> Manifest {
        let splits = try SplitRange.ranges(total: 8, validation: HeldBack(count: 2), test: HeldBack(count: 1))
        let writer = try ShardWriter(
            folder: folder.file(name), geometry: geometry, elementType: .int16, facts: facts(8), splits: splits,
            shards: 4,
            level: 1)
        if pairs {
            let inputs = try writer.inputs(elementType: .int16, facts: facts(8))
            try inputs.append(bytes(0..<8))
            _ = try inputs.finish()
        }
        try writer.append(bytes(0..<8))
        return try writer.finish()
    }

    private var path: String { folder.file("x.shards") }

    private func require(_ sequences: [Int], in path: String, _ location: SourceLocation = #_sourceLocation) throws {
        let set = try ShardSet(folder: path)
        #expect(set.count == sequences.count && set.unit == "mm" && set.timeStep == 300, sourceLocation: location)
        for (index, number) in sequences.enumerated() {
            let found = try set.sequence(index).map { $0.isNaN ? -1 : Int((($0 - 2) * 100).rounded()) }
            #expect(found == numbers(number), "\(index)", sourceLocation: location)
            #expect(
                set.firstTime(ofSequence: index) == (Self.midnight + 600 * number).date, "\(index)",
                sourceLocation: location)
        }
        for shard in set.manifest.shards {
            #expect(set.manifest.examination(of: shard, in: path).damage == nil, sourceLocation: location)
        }
    }

    @Test func valuesAreReadInTheirUnitWithTheirTimes() throws {
        let manifest = try write()
        try require(Array(0..<8), in: path)
        #expect(manifest.valueRange == [2, Float(711 * 0.01 + 2)] && manifest.version == 2)
        #expect(manifest.shards.map(\.missing) == [1, 5, 4, 3] && manifest.missingShare == 13.0 / 96)
        let text = String(decoding: try folder.bytes(of: "x.shards/manifest.json"), as: UTF8.self)
        #expect(text.contains(#""2010-08-26T01:10:00Z""#) && text.contains(#""projection" : "+proj=stere""#))
    }

    @Test func dataOfWhichAllIsMissingIsNoDataSet() throws {
        let splits = try SplitRange.ranges(total: 1, validation: HeldBack(count: 0), test: HeldBack(count: 0))
        let writer = try ShardWriter(
            folder: path, geometry: geometry, elementType: .int16, facts: facts(1), splits: splits, shards: 1, level: 1)
        try writer.append((0..<12).flatMap { _ in Shards.ElementType.int16.bytes(of: -1) })
        let error = #expect(throws: ShardError.self) { try writer.finish() }
        #expect(error?.description.contains("all pixels of these sequences are missing") == true)
        #expect(try folder.names.filter { !$0.hasPrefix(".") } == [])
    }

    @Test(arguments: [
        (#""scale" : 0.01"#, #""scale" : 0"#, "values.scale is 0.0"),
        (#""scale" : 0.01"#, #""scale" : 1e999"#, "manifest.json is damaged: "),
        (#""offset" : 2"#, #""offset" : "2""#, "values.offset is not a number"),
        (#""missing" : -1,"#, #""missing" : 40000,"#, "values.missing is 40000.0, which int16 does not hold"),
        (#""missing" : -1,"#, #""missing" : 0.5,"#, "values.missing is 0.5"),
        (#""unit" : "mm""#, #""unit" : """#, "values.unit is not a text"),
        (#""unit" : "mm""#, #""unit" : "m\nm""#, "values.unit is not a text"),
        (#""timeStep" : 300"#, #""timeStep" : -300"#, "timeStep is -300.0"),
        (#""timeStep" : 300"#, #""timeStep" : [300]"#, "timeStep is not a number"),
        (#""2010-08-26T00:10:00Z","#, "", "it holds 7 times of 8 sequences"),
        (#"26T00:10:00Z""#, #"26T00:70:00Z""#, "times[1] has a value that it cannot have"),
        (#"26T00:10:00Z""#, #"26 00:10""#, "times[1] has a value that it cannot have"),
        (#""2010-08-26T00:10:00Z""#, "7", "times[1] is not a text"),
        (#""missing" : 5,"#, "", "shards[1].missing is not there"),
        (#""missing" : 5,"#, #""missing" : 25,"#, "shards[1].missing is 25 and must be from 0 to 24"),
        (#""version" : 2"#, #""version" : 1"#, "it is version 1 and holds what only version 2 has"),
        (#""version" : 2"#, #""version" : 3"#, "is version 3 and this program reads 2"),
        (#""elementType" : "int16""#, #""elementType" : "uint8""#, "values.missing is -1.0, which uint8 does not hold"),
    ])
    func impossibleFactsAreNamed(text: String, replacement: String, phrase: String) throws {
        try write()
        let old = String(decoding: try folder.bytes(of: "x.shards/manifest.json"), as: UTF8.self)
        try #require(old.contains(text), "\(old)")
        try folder.write(
            [UInt8](old.replacing(text, with: replacement, maxReplacements: 1).utf8), to: "x.shards/manifest.json")
        try FileManager.default.removeItem(atPath: path + "/manifest.json.sha256")
        let error = #expect(throws: ShardError.self) { try Manifest(folder: path) }
        #expect(error?.description.contains(phrase) == true, "\(String(describing: error))")
    }

    /// A count of missing pixels that is not that of the shard, which only verify can tell.
    @Test func verifyCountsMissingPixels() throws {
        try write()
        let old = String(decoding: try folder.bytes(of: "x.shards/manifest.json"), as: UTF8.self)
        try folder.write(
            [UInt8](old.replacing(#""missing" : 5,"#, with: #""missing" : 6,"#).utf8), to: "x.shards/manifest.json")
        try FileManager.default.removeItem(atPath: path + "/manifest.json.sha256")
        let manifest = try Manifest(folder: path),
            damage = manifest.examination(of: manifest.shards[1], in: path).damage
        #expect(damage?.reason == "it holds 5 missing pixels, and manifest.json says 6")
    }

    @Test func mendingKeepsTheTimesOfWhatIsLeft() throws {
        try write()
        let name = "x.shards/00001-of-00004.npy.zst", bytes = try folder.bytes(of: name)
        try folder.write([UInt8](bytes.prefix(bytes.count - 60)), to: name)
        let report = try DataSetRepair(folder: path, options: .init()).run()
        #expect(report.isChanged && report.lost > 0)
        let left = report.lost == 2 ? [0, 1, 4, 5, 6, 7] : [0, 1, 2, 4, 5, 6, 7]
        try require(left, in: path)
        let missing = left.reduce(0) { $0 + $1 % 5 }
        #expect(report.manifest.shards.reduce(0) { $0 + $1.missing! } == missing)
    }

    @Test(arguments: [false, true]) func appendedSequencesBringTheirTimes(pairs: Bool) throws {
        try write(pairs: pairs)
        let appender = try ShardAppender(
            folder: path, geometry: geometry, elementType: .int16, facts: facts(3, from: 20),
            inputs: pairs ? .int16 : nil,
            inputsFacts: facts(3, from: 20), sequences: 3, shards: 2, level: 1)
        if pairs { try appender.appendInputs(bytes(20..<23)) }
        try appender.append(bytes(20..<23))
        _ = try appender.finish()
        try require([0, 1, 2, 3, 20, 21, 22, 4, 5, 6, 7], in: path)
        if pairs { try require([0, 1, 2, 3, 20, 21, 22, 4, 5, 6, 7], in: path + "/inputs") }
    }

    @Test func sequencesOfAnotherMeaningAreNotAppended() throws {
        try write()
        var scale = facts(1), step = facts(1), none = facts(1), missing = facts(1)
        (scale.values!.scale, step.timeStep, none.values, missing.values!.missing) = (0.1, 600, nil, 255)
        for (facts, phrase) in [
            (scale, "those of the new ones stored * 0.1 + 2.0 mm, -1 is missing"), (missing, "255 is missing"),
            (step, "its frames are 300.0 s apart, and those of the new ones 600.0 s"),
            (none, "nothing says what those of the new ones mean"),
            (self.facts(1, timed: false), "300.0 s apart, and those of the new ones an unknown time"),
        ] {
            let error = #expect(throws: ShardError.self) {
                try ShardAppender(
                    folder: path, geometry: geometry, elementType: .int16, facts: facts, sequences: 1, shards: 1,
                    level: 1)
            }
            #expect(error?.description.contains(phrase) == true, "\(String(describing: error))")
        }
        var attributes = self.facts(1)
        attributes.values!.attributes = [:]
        #expect(throws: Never.self) {
            try ShardAppender(
                folder: path, geometry: geometry, elementType: .int16, facts: attributes, sequences: 1, shards: 1,
                level: 1)
        }
    }

    /// A manifest whose beginning is damaged says the rest, and its digest proves it; one that is gone says nothing.
    @Test func aLostManifestIsMadeAgainWithWhatIsKnown() throws {
        try write()
        let before = try folder.bytes(of: "x.shards/manifest.json")
        let text = String(decoding: before, as: UTF8.self)
        try folder.write(
            [UInt8](text.replacing(#""frames" : 2"#, with: #""frames" : 3"#).utf8), to: "x.shards/manifest.json")
        #expect(try DataSetRepair(folder: path, options: .init()).run().madeManifest)
        #expect(try folder.bytes(of: "x.shards/manifest.json") == before)

        try FileManager.default.removeItem(atPath: path + "/manifest.json")
        #expect(throws: ShardError.self) { try DataSetRepair(folder: path, options: .init()).run() }
        let options = DataSetRepair.Options(
            validation: HeldBack(count: 2), test: HeldBack(count: 1),
            values: GivenMeaning(missing: -1, scale: 0.01, offset: 2, unit: "mm"))
        _ = try DataSetRepair(folder: path, options: options).run()
        let set = try ShardSet(folder: path)
        #expect(set.unit == "mm" && set.manifest.times == nil && set.manifest.missingShare == 13.0 / 96)
        #expect(throws: ShardError.self) {
            try DataSetRepair(folder: path, options: .init(values: GivenMeaning(unit: "mm"))).run()
        }
    }

    /// What is known of one half of a pair is tried for the other.
    @Test func lostInputsHaveTheMeaningOfTheirPair() throws {
        try write(pairs: true)
        let before = try folder.bytes(of: "x.shards/inputs/manifest.json")
        try FileManager.default.removeItem(atPath: path + "/inputs/manifest.json")
        try FileManager.default.removeItem(atPath: path + "/inputs/manifest.json.sha256")
        _ = try DataSetRepair(folder: path, options: .init()).run()
        #expect(try folder.bytes(of: "x.shards/inputs/manifest.json") == before)
    }
}
