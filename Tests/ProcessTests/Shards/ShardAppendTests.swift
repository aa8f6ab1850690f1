import Formats
import Foundation
import Shards
import TestSupport
import Testing

/// `convlstm-shard split --append`, and processes that are killed while they append.
@Suite(.tags(.slow), .unlessFast) struct ShardAppendTests {
    let folder = try! TemporaryFolder()

    @discardableResult
    private func shard(_ line: String, fault: Fault? = nil) throws -> CommandResult {
        // The shell turns a kill into an exit code.
        try Command.run(
            "sh", ["-c", "\(Command.path(of: "convlstm-shard")) \(line); exit $?"],
            environment: fault?.environment ?? [:], directory: folder.path)
    }

    /// Writes arrays of noise, of 3 frames of 8 x 8: `a.npy` of 40 sequences, `b.npy` and `c.npy` of 20; `wide.npy` is of
    /// 9 x 9.
    private func writeArrays() throws {
        for (seed, (name, count, size)) in [("a", 40, 8), ("b", 20, 8), ("c", 20, 8), ("wide", 20, 9)].enumerated() {
            let shape = [count, 3, size, size]
            var state = UInt64(seed + 1)
            let noise = (0..<shape.reduce(1, *)).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return UInt8(state >> 56)
            }
            let path = folder.file(name + ".npy")
            try NpyFile.write(noise.span, header: NpyHeader(type: .uint8, shape: shape), to: path)
        }
    }

    private func sequences(_ split: Split, of name: String) throws -> [[UInt8]] {
        let set = try ShardSet(folder: folder.file(name))
        return try set.range(of: split).map { try set.bytes(ofSequence: $0) }
    }

    @Test func sequencesAreAddedForTraining() throws {
        try writeArrays()
        try #require(try shard("split a.npy --layout sequences-first --shards 4").status == 0)
        let held = try Split.allCases.map { try sequences($0, of: "a.shards") }
        let added = try shard("split b.npy c.npy --layout sequences-first --append a.shards --shards 3")
        #expect(added.status == 0 && added.stderr.isEmpty, "\(added)")
        #expect(
            added.stdout.contains("a.shards: 80 sequences of 3 frames of 8 x 8 x 1 in 7 shards")
                && added.stdout.contains("72 train, 4 validation, 4 test"), "\(added)")
        let verdict = try shard("verify a.shards")
        #expect(verdict.status == 0 && verdict.stdout.contains("all 7 shards"), "\(verdict)")
        #expect(try sequences(.validation, of: "a.shards") == held[1])
        #expect(try sequences(.test, of: "a.shards") == held[2])
        let training = try sequences(.train, of: "a.shards")
        #expect(training.count == 72 && Set(training).isSuperset(of: held[0]))
    }

    @Test func whatDoesNotFitGetsOneSentence() throws {
        try writeArrays()
        try #require(try shard("split a.npy --layout sequences-first --shards 4").status == 0)
        let before = try Manifest(folder: folder.file("a.shards"))
        for (line, status, phrase) in [
            ("b.npy --append gone.shards", 1, "gone.shards does not exist"),
            ("wide.npy --append a.shards", 1, "append what is alike, or make another data set"),
            ("b.npy wide.npy --append a.shards", 1, "wide.npy holds sequences of"),
            ("a.npy --append a.shards --shards 4", 1, "holds these 40 sequences already"),
            ("b.npy c.npy", 2, "add the others to it with --append"),
            ("b.npy --append a.shards --test 3", 2, "leave out --test"),
            ("b.npy --append a.shards --output x", 2, "leave out --output"),
            ("b.npy --append a.shards --inputs c.npy", 1, "has no inputs apart from its sequences; leave out --inputs"),
            ("b.npy c.npy --append a.shards --inputs c.npy", 2, "--inputs is given once for 2 files"),
        ] as [(String, Int32, String)] {
            let result = try shard("split --layout sequences-first " + line)
            #expect(result.status == status && result.stderr.contains(phrase), "\(result)")
            #expect(result.stderr.split(separator: "\n").count == 1, "\(result)")
            #expect(try Manifest(folder: folder.file("a.shards")) == before)
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.file("a.shards"))
        #expect(names.allSatisfy { !$0.hasPrefix(".") } && names.count == 6, "\(names)")
    }

    /// A kill at any change of the folder: the data set is the old one or the new one, and the same command ends it.
    @Test func aKilledAppendLeavesAWholeDataSet() throws {
        try writeArrays()
        try #require(try shard("split a.npy --layout sequences-first --shards 4").status == 0)
        let old = try Split.allCases.map { try sequences($0, of: "a.shards") },
            line = "split b.npy --layout sequences-first --shards 2"
        var kills = 0, atTheOld = 0
        while true {
            let name = "copy-\(kills)", copy = folder.file(name)
            try FileManager.default.copyItem(atPath: folder.file("a.shards"), toPath: copy)
            let killed = try shard("\(line) --append \(name)", fault: .killedAtCall(kills + 1, on: name + "/"))
            if killed.status == 0 { break }
            #expect(killed.status == 137, "\(killed)")
            let verdict = try Command.run("convlstm-shard", ["verify", copy])
            #expect(verdict.status == 0, "kill \(kills + 1): \(verdict)")
            let isOld = try ShardSet(folder: copy).count == 40
            if isOld { #expect(try Split.allCases.map { try sequences($0, of: name) } == old, "kill \(kills + 1)") }
            let again = try shard("\(line) --append \(name)")
            #expect(again.status == (isOld ? 0 : 1), "kill \(kills + 1): \(again)")
            #expect(try sequences(.train, of: name).count == 52 && sequences(.test, of: name) == old[2])
            #expect(try shard("repair \(name)").status == 0)
            let names = try FileManager.default.contentsOfDirectory(atPath: copy)
            #expect(names.count == 8 && names.contains("manifest.json.sha256"), "kill \(kills + 1): \(names.sorted())")
            try FileManager.default.removeItem(atPath: copy)
            kills += 1
            atTheOld += isOld ? 1 : 0
        }
        #expect(atTheOld > 10 && kills > atTheOld, "\(kills), \(atTheOld)")
    }

    /// The sequences and their inputs.
    private func pairs(of name: String) throws -> [[Float]] {
        let set = try ShardSet(folder: folder.file(name))
        return try (0..<set.count).map { try set.sequence($0) + #require(set.inputs).sequence($0) }
    }

    @Test func pairsOfSeveralFilesAreAdded() throws {
        try writeArrays()
        try #require(try shard("split b.npy --inputs c.npy --layout sequences-first --shards 2").status == 0)
        let old = try pairs(of: "b.shards")
        let added = try shard(
            "split b.npy c.npy --inputs b.npy --inputs b.npy --append b.shards --layout sequences-first")
        #expect(added.status == 0 && added.stderr.isEmpty, "\(added)")
        #expect(added.stdout.contains("56 train, 2 validation, 2 test; inputs apart"), "\(added)")
        let all = try pairs(of: "b.shards"), half = all[0].count / 2
        // Of the 40 new pairs, 20 are a sequence twice, and 20 are those of before with their halves exchanged.
        #expect(all.count == 60 && old.allSatisfy(all.contains))
        #expect(all.count { $0[..<half].elementsEqual($0[half...]) } == 20)
        #expect(old.allSatisfy { all.contains(Array($0[half...] + $0[..<half])) })
        #expect(try shard("verify b.shards").status == 0)
        let without = try shard("split b.npy --append b.shards --layout sequences-first")
        #expect(
            without.status == 1 && without.stderr.contains("give those of the new ones, too, with --inputs"),
            "\(without)")
        let wide = try shard("split b.npy --inputs wide.npy --append b.shards --layout sequences-first")
        #expect(wide.status == 1 && wide.stderr.contains("give inputs that go with the sequences"), "\(wide)")
    }

    /// A kill at any change of the folder: the data set is the old one, the new one, or one of which every program says what
    /// to do; `repair` makes the old one of it, and the same command the new one, with or without a repair before.
    @Test(arguments: [true, false]) func aKilledAppendOfPairsIsMended(repairs: Bool) throws {
        try writeArrays()
        try #require(try shard("split a.npy --inputs a.npy --layout sequences-first --shards 4").status == 0)
        let old = try pairs(of: "a.shards"), line = "split b.npy --inputs c.npy --layout sequences-first --shards 2"
        var kills = 0, between = 0
        while true {
            let name = "copy-\(kills)", copy = folder.file(name), what = "kill \(kills + 1)"
            try FileManager.default.copyItem(atPath: folder.file("a.shards"), toPath: copy)
            let killed = try shard("\(line) --append \(name)", fault: .killedAtCall(kills + 1, on: name + "/"))
            if killed.status == 0 { break }
            #expect(killed.status == 137, "\(what): \(killed)")
            let verdict = try shard("verify \(name)")
            if verdict.status != 0 {
                #expect(verdict.stdout.contains("repair") || verdict.stderr.contains("repair"), "\(what): \(verdict)")
                between += 1
            }
            if repairs {
                #expect(try shard("repair \(name)").status == 0, "\(what)")
                let mended = try pairs(of: name)
                #expect(mended.count == 60 && verdict.status == 0 || mended == old, "\(what): \(mended.count)")
                #expect(try shard("verify \(name)").status == 0, "\(what)")
            }
            let again = try shard("\(line) --append \(name)")
            #expect(again.status == 0 || again.stderr.contains("holds these 20 sequences already"), "\(what): \(again)")
            #expect(try pairs(of: name).count == 60 && shard("verify \(name)").status == 0, "\(what)")
            try FileManager.default.removeItem(atPath: copy)
            kills += 1
        }
        #expect(kills > 30 && between > 0, "\(kills), \(between)")
    }
}
