import Foundation
import Shards
import TestSupport
import Testing

/// `convlstm-shard repair`, and processes that are killed while they repair.
@Suite(.tags(.slow), .unlessFast) struct ShardRepairTests {
    let folder = try! TemporaryFolder()

    private func repair(_ name: String, _ options: String..., fault: Fault? = nil) throws -> CommandResult {
        // The shell turns a kill into an exit code.
        let line = "\(Command.path(of: "convlstm-shard")) repair \(name) \(options.joined(separator: " ")); exit $?"
        return try Command.run(
            "sh", ["-c", line], environment: fault?.environment ?? [:], directory: folder.path)
    }

    /// Flips a byte before the middle of a file: of a shard, in its third sequence.
    private func damage(_ path: String) throws {
        var bytes = try #require(FileManager.default.contents(atPath: path))
        bytes[bytes.count * 9 / 20] ^= 1
        try bytes.write(to: URL(fileURLWithPath: path))
    }

    private func sequences(of path: String) throws -> [[UInt8]] {
        let set = try ShardSet(folder: path)
        return try (0..<set.count).map { try set.bytes(ofSequence: $0) }
    }

    @Test func lossesAreNamedAndTheDataSetGoesOn() throws {
        let clips = try NoiseShards("films.shards", seed: 1, in: folder)
        #expect(try repair("films.shards").stdout == "films.shards: nothing to mend, 24 sequences\n")
        try damage(clips.shard(2))
        let mended = try repair("films.shards")
        #expect(mended.status == 0 && mended.stderr.isEmpty, "\(mended)")
        #expect(mended.stdout.hasPrefix("films.shards: mended, 1 sequence lost, 23 sequences: 17 train, 4 validation"))
        let line = /films.shards\/00002-of-00004.npy.zst: its SHA-256 is [^;]*; lost: sequence 14\n/
        #expect(mended.stdout.contains(line), "\(mended)")
        let verdict = try Command.run("convlstm-shard", ["verify", "films.shards"], directory: folder.path)
        #expect(verdict.status == 0 && verdict.stdout.contains("all 4 shards"), "\(verdict)")
        #expect(try repair("films.shards").stdout == "films.shards: nothing to mend, 23 sequences\n")
        #expect(FileManager.default.fileExists(atPath: clips.shard(2) + ".damaged"))
    }

    @Test func whatItCannotKnowItAsksFor() throws {
        let clips = try NoiseShards("films.shards", seed: 1, in: folder)
        try FileManager.default.removeItem(atPath: clips.shard(3))
        let missing = try repair("films.shards")
        #expect(missing.status == 1 && missing.stderr.contains("(sequences 18-23: it is not there); copy that again"))
        #expect(missing.stderr.split(separator: "\n").count == 1 && missing.stdout.isEmpty, "\(missing)")
        let dropped = try repair("films.shards", "--drop-missing")
        #expect(
            dropped.status == 0
                && dropped.stdout.contains("00003-of-00004.npy.zst: it is not there; lost: sequences 18-23"))
        try FileManager.default.removeItem(atPath: clips.path + "/manifest.json")
        let lost = try repair("films.shards")
        #expect(
            lost.status == 1 && lost.stderr.contains("nothing else tells how its 18 sequences were split"), "\(lost)")
        let both = try repair("films.shards", "--validation 0 --test 0")
        #expect(both.status == 1 && both.stderr.contains("lacks films.shards/00003-of-00004.npy.zst; copy"), "\(both)")
        for (options, phrase) in [("--test 2", "give both, or neither"), ("--validation 2 --test x", "--test")] {
            let usage = try repair("films.shards", options)
            #expect(usage.status == 2 && usage.stderr.contains(phrase), "\(usage)")
        }
        let made = try repair("films.shards", "--validation 0 --test 0 --drop-missing")
        #expect(
            made.status == 0 && made.stdout.contains("18 train, 0 validation, 0 test; its manifest was made again"),
            "\(made)")
    }

    /// A kill at any change of the folder; the next repair ends with the same data set.
    @Test(arguments: ["shard", "manifest"]) func aKilledRepairIsRepaired(damaged: String) throws {
        let clips = try NoiseShards("films.shards", seed: 1, in: folder), all = try sequences(of: clips.path)
        let options = damaged == "shard" ? "" : "--validation 4 --test 2"
        if damaged == "shard" {
            for shard in [1, 3] { try damage(clips.shard(shard)) }
        } else {
            try damage(clips.path + "/manifest.json")
            try damage(clips.shard(1))
        }
        let lost = damaged == "shard" ? [8, 20] : [8], kept = all.indices.filter { !lost.contains($0) }.map { all[$0] }
        var kills = 0
        while true {
            let name = "copy-\(kills)", copy = folder.file(name)
            try FileManager.default.copyItem(atPath: clips.path, toPath: copy)
            let killed = try repair(name, options, fault: .killedAtCall(kills + 1, on: name + "/"))
            if killed.status == 0 { break }
            #expect(killed.status == 137, "\(killed)")
            // Where only the file with the digest was missing, the manifest is there and knows its splits.
            let again = try repair(name), mended = again.status == 0 ? again : try repair(name, options)
            #expect(mended.status == 0, "kill \(kills + 1): \(mended)")
            #expect(try sequences(of: copy) == kept, "kill \(kills + 1)")
            let verdict = try Command.run("convlstm-shard", ["verify", copy])
            #expect(verdict.status == 0, "kill \(kills + 1): \(verdict)")
            #expect(
                try repair(name).stdout == "\(name): nothing to mend, \(kept.count) sequences\n", "kill \(kills + 1)")
            let partial = try FileManager.default.contentsOfDirectory(atPath: copy).filter { $0.hasPrefix(".") }
            #expect(partial.isEmpty, "kill \(kills + 1): \(partial)")
            try FileManager.default.removeItem(atPath: copy)
            kills += 1
        }
        #expect(kills > 15, "\(kills)")
    }

    /// One mends, and the other says that it does; afterwards there is nothing to do.
    @Test func ofTwoProcessesOneMends() throws {
        let clips = try NoiseShards("films.shards", seed: 1, in: folder)
        try damage(clips.shard(2))
        let program = Command.path(of: "convlstm-shard")
        let both = try Command.run(
            "bash",
            [
                "-c",
                "\(program) repair films.shards > a 2>&1 & p=$!; \(program) repair films.shards > b 2>&1; "
                    + "one=$?; wait $p; echo $one $?",
            ], directory: folder.path)
        let printed = try ["a", "b"].map { String(decoding: try folder.bytes(of: $0), as: UTF8.self) }
        #expect(printed.contains { $0.contains("mended, 1 sequence lost") }, "\(printed)")
        #expect(
            printed.contains { $0.contains("another process changes") || $0.contains("nothing to mend") }, "\(printed)")
        #expect(["0 0\n", "0 1\n", "1 0\n"].contains(both.stdout))
        #expect(try repair("films.shards").stdout == "films.shards: nothing to mend, 23 sequences\n")
    }
}
