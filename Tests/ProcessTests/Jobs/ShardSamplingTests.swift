import Foundation
import TestSupport
import Testing

/// Ranks that each sample from their own shards, with separate disks as on two hosts.
@Suite(.tags(.slow), .unlessFast) struct ShardSamplingTests {
    let example = try! TrainingExample.shared.get()
    private static let sampled = ["--sampling", "shard", "--steps", "7"]

    /// Makes a folder for each of two ranks, with the manifest and one of the two shards.
    private func disks() throws -> [String] {
        try ["00000-of-00002.npy.zst", "00001-of-00002.npy.zst"].map { shard in
            let disk = example.folder.file("disk-" + UUID().uuidString), files = FileManager.default
            try files.createDirectory(atPath: disk + "/tiny.shards", withIntermediateDirectories: true)
            for name in ["manifest.json", shard] {
                try files.copyItem(
                    atPath: example.folder.file("tiny.shards/\(name)"), toPath: "\(disk)/tiny.shards/\(name)")
            }
            return disk
        }
    }

    /// Trains with one rank per folder.
    private func train(in disks: [String], _ output: String, _ options: [String]) throws -> CommandResult {
        let arguments = ["train", "--config", example.folder.file("tiny.yaml"), "--data", "tiny.shards", "--output"]
        let ranks = disks.map { disk in
            ["-np", "1", "-wdir", disk, Command.path(of: "convlstm-dist")] + arguments + [example.folder.file(output)]
                + options
        }
        return try Command.run(
            "mpirun", Mpirun.options + Array(ranks.joined(separator: [":"])), environment: Mpirun.rootIsWelcome,
            timeout: 120)
    }

    /// The first shard has 13 of the 20 training sequences, of which a batch of 6 takes 3: an epoch has 5 steps.
    @Test func aRankNeedsNoShardsButItsOwn() throws {
        let (whole, apart) = (example.freshOutput(), example.freshOutput()), disks = try disks()
        try #require(try example.train(ranks: 2, whole, Self.sampled).status == 0)
        let result = try train(in: disks, apart, Self.sampled)
        #expect(result.status == 0, "\(result.stderr)")
        #expect(try example.tensors(apart, step: 7) == example.tensors(whole, step: 7))
        #expect(try example.column("epoch", of: "metrics.csv", apart) == ["0", "0", "0", "0", "0", "1", "1"])
        #expect(try example.column("step", of: "validation.csv", apart) == ["5", "7"])
        let sentence =
            "sampling shard: each rank has 7 to 13 training sequences in shards of its own; an epoch takes 5 steps, "
            + "in the last 2 of which a rank has none left"
        #expect(try example.text(of: "log.txt", apart).contains(sentence))
        // Each rank on the other's disk.
        let wrong = try train(in: disks.reversed(), example.freshOutput(), Self.sampled)
        #expect(wrong.status == 1 && wrong.stderr.contains("-of-00002.npy.zst could not be opened"), "\(wrong.stderr)")
    }

    /// Stops after two steps, and after four, when the second rank has no sequences left.
    @Test(arguments: ["2", "4"]) func aRunGoesOnInTheMiddleOfAnEpoch(stop: String) throws {
        let (whole, parts) = (example.freshOutput(), example.freshOutput()), shard = ["--sampling", "shard"]
        for (output, steps) in [(whole, "7"), (parts, stop), (parts, "7")] {
            let result = try example.train(ranks: 2, output, shard + ["--threads", "2", "--steps", steps])
            #expect(result.status == 0, "\(result.stderr)")
        }
        #expect(try example.tensors(parts, step: 7) == example.tensors(whole, step: 7))
        #expect(
            try example.column("loss", of: "metrics.csv", parts) == example.column("loss", of: "metrics.csv", whole))
    }

    /// Another number of ranks has other batches in an epoch; a run can change it between epochs without losing
    /// sequences.
    @Test func otherRanksGoOnWithTheNextEpoch() throws {
        let output = example.freshOutput(), shard = ["--sampling", "shard", "--steps"]
        try #require(try example.train(ranks: 2, output, shard + ["3"]).status == 0)
        let began =
            "is in the middle of an epoch drawn by each of 2 ranks from its own shards in batches of 6, and this job would"
        for (ranks, options, sentence) in [
            (0, shard, "draw by each of 1 ranks from its own shards in batches of 6; go on as it began"),
            (2, ["--batch-size", "4"] + shard, "draw by each of 2 ranks from its own shards in batches of 4; go on"),
            (2, ["--steps"], "draw by all ranks from all shards; go on as it began, or choose another --output"),
        ] {
            let result = try example.train(ranks: ranks, output, options + ["9"])
            #expect(result.status == 2 && result.stderr.contains("\(began) \(sentence)"), "\(result.stderr)")
        }
        try #require(try example.train(ranks: 2, output, shard + ["5"]).status == 0)
        let alone = try example.train(ranks: 0, output, shard + ["9"])
        #expect(alone.status == 0 && alone.stderr.contains("an epoch takes 4 steps"), "\(alone.stderr)")
        #expect(
            try example.column("epoch", of: "metrics.csv", output) == Array(repeating: "0", count: 5) + [
                "1", "1", "1", "1",
            ])
    }

    /// The virtual ranks of batch normalization communicate in every pass, also those of a rank without sequences.
    @Test func statisticsAreThoseOfTheSequencesThereAre() throws {
        let readout = "    readout:\n"
        let config = try example.configuration(
            replacing: readout, with: readout + "    - {name: norm, batchNormalization: {}}\n")
        for (ranks, steps) in [(1, "4"), (2, "5")] {
            let output = example.freshOutput()
            let result = try example.train(
                ranks: ranks, output, ["--config", config, "--sampling", "shard", "--threads", "2", "--steps", steps])
            #expect(result.status == 0, "\(result.stderr)")
            let losses = try example.column("loss", of: "metrics.csv", output).map { try #require(Double($0)) }
            #expect(losses.count == Int(steps) && losses.last! < losses[0], "\(losses)")
        }
    }

    @Test func whereItCannotBeItIsRefused() throws {
        let windows = try example.configuration(
            replacing: "outputFrames: 3", with: "outputFrames: 3, order: slidingWindow")
        for (ranks, options, sentence) in [
            (
                0, ["--virtual-ranks", "2"],
                "sampling is shard, so that batches depend on the number of ranks, and virtualRanks is 2"
            ),
            (0, ["--data", "generated"], "sampling is shard, and generated data has no shards"),
            (0, ["--config", windows], "windows of model tiny slide"),
            (
                3, [],
                "tiny.shards has training sequences in 2 shards, and with --sampling shard each of 3 ranks needs one"
            ),
            (2, ["--batch-size", "1"], "a global batch of 1 leaves some of 2 ranks without sequences"),
            (0, ["--sampling", "local"], "'local' is invalid for '--sampling"),
        ] as [(Int, [String], String)] {
            let output = example.freshOutput()
            let result = try example.train(ranks: ranks, output, ["--steps", "1", "--sampling", "shard"] + options)
            #expect(result.status == 2 && result.stderr.contains(sentence), "\(result.stderr)")
            #expect(!FileManager.default.fileExists(atPath: example.folder.file(output)))
        }
    }
}
