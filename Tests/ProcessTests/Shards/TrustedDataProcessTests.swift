import Foundation
import TestSupport
import Testing

/// Data that do not match their manifest: every command that reads them reports it, and none trains on them.
@Suite(.tags(.slow), .unlessFast) struct TrustedDataProcessTests {
    let example = try! TrainingExample.shared.get()
    let folder = try! TemporaryFolder()

    private func requireSentence(_ result: CommandResult, _ phrases: String..., line: String = "") {
        #expect(result.status == 1, "\(line): \(result)")
        for phrase in phrases { #expect(result.stderr.contains(phrase), "\(line): \(result.stderr)") }
        let sentences = result.stderr.split(separator: "\n").filter {
            $0.hasPrefix("convlstm-") || $0.hasPrefix("Error: ")
        }
        #expect(sentences.count == 1, "\(line): \(result.stderr)")
    }

    /// A shard of another data set, and a training shard in place of the validation shard.
    @Test(arguments: [0, 1, 2], [false, true]) func exchangedShardsDoNotTrain(ranks: Int, isOld: Bool) throws {
        let clips = try NoiseShards("films.shards", seed: 1, in: folder, isOld: isOld)
        let others = try NoiseShards("others.shards", seed: 2, in: folder)
        let output = folder.file("run"), options = ["--data", clips.path, "--steps", "2"]
        for (number, stranger) in [(1, others.shard(1)), (3, clips.shard(0))] {
            let own = try #require(FileManager.default.contents(atPath: clips.shard(number)))
            try clips.replace(number, by: stranger)
            let result = try example.train(ranks: ranks, output, options)
            let sentence = "0000\(number)-of-00004.npy.zst is not the shard that manifest.json describes"
            requireSentence(result, sentence, "copy the data")
            #expect(!FileManager.default.fileExists(atPath: output))
            try own.write(to: URL(fileURLWithPath: clips.shard(number)))
        }
        #expect(try example.train(ranks: ranks, output, options).status == 0)
    }

    @Test func exchangedShardsAreNotMeasuredOrForecast() throws {
        let tools = try ToolsExample.shared.get()
        for isOld in [false, true] {
            let clips = try NoiseShards("clips-\(isOld).shards", seed: 1, in: folder, isOld: isOld)
            let commands = [
                ["evaluate", "--checkpoint", tools.run, "--data", clips.path],
                [
                    "predict", "--checkpoint", tools.run, "--data", clips.path, "--sequence", "0",
                    "--output", folder.file("p\(isOld)"),
                ],
            ]
            for ranks in [0, 2] {
                try clips.replace(2, by: clips.shard(0))
                requireSentence(try tools.dist(commands[0], ranks: ranks), "00002-of-00004.npy.zst is not the shard")
            }
            requireSentence(try tools.dist(commands[1]), "00002-of-00004.npy.zst is not the shard")
        }
    }

    /// The file is overwritten in place, so that the run has it open.
    @Test(arguments: [false, true]) func aShardOverwrittenDuringTheRunEndsIt(isOld: Bool) throws {
        let clips = try NoiseShards("films.shards", seed: 1, in: folder, isOld: isOld)
        let others = try NoiseShards("others.shards", seed: 2, in: folder)
        let output = folder.file("run")
        let arguments = example.arguments(output, ["--data", clips.path, "--steps", "100000"])
        let command = (["timeout", "50", Command.path(of: "convlstm-dist")] + arguments).joined(separator: " ")
        let isRunning = "kill -0 $! 2> /dev/null && ! grep -qs '^3,' \(output)/metrics.csv"
        let script =
            "\(command) & while \(isRunning); do sleep 0.01; done; "
            + "dd if=\(others.shard(1)) of=\(clips.shard(1)) conv=notrunc status=none; wait $!"
        let result = try Command.run("sh", ["-c", script], directory: example.folder.path)
        #expect(result.status == 1, "\(result)")
        let sentence = /00001-of-00004.npy.zst (is damaged|holds other bytes) in sequence [0-9]+/
        #expect(result.stderr.contains(sentence), "\(result.stderr)")
    }

    /// One changed digit, with and without the digest beside the manifest.
    @Test func anotherRangeOfValuesDoesNotTrain() throws {
        let clips = try NoiseShards("films.shards", seed: 1, in: folder)
        try clips.changeManifest { $0.replacing("    255\n", with: "    257\n") }
        let options = ["--data", clips.path, "--steps", "1"]
        requireSentence(try example.train(ranks: 0, folder.file("run"), options), "valueRange is 0.0 to 257.0")
        let floats = folder.file("floats.shards")
        try FileManager.default.copyItem(atPath: example.folder.file("tiny.shards"), toPath: floats)
        let file = floats + "/manifest.json", text = try String(contentsOfFile: file, encoding: .utf8)
        try #require(text.contains("    1\n"))
        try Data(text.replacing("    1\n", with: "    3\n").utf8).write(to: URL(fileURLWithPath: file))
        requireSentence(
            try example.train(ranks: 0, folder.file("run"), ["--data", floats, "--steps", "1"]),
            "is not as it was written",
            "sha256sum")
        let verdict = try Command.run("convlstm-shard", ["verify", floats])
        requireSentence(verdict, "is not as it was written")
        try FileManager.default.removeItem(atPath: file + ".sha256")
        requireSentence(
            try Command.run("convlstm-shard", ["verify", floats]),
            "the values lie between 0.0 and 1.0, and manifest.json says 0.0 and 3.0")
    }

    /// Invalid numbers in the manifest, through every command that reads a manifest.
    @Test(arguments: [
        (#"("first" : )18"#, "-1"), (#"("sequences" : )24"#, "1152921504606846976"),
        (#"("sequences" : )6"#, "-9223372036854775808"),
        (#"("bytes" : )[0-9]+"#, "9223372036854775807"), (#"("first" : )6"#, "9223372036854775807"),
    ])
    func impossibleManifestsGetOneSentenceEverywhere(pattern: String, number: String) throws {
        let clips = try NoiseShards("films.shards", seed: 1, in: folder), tools = try ToolsExample.shared.get()
        try clips.changeManifest { text in
            text.replacing(try Regex(pattern, as: (Substring, Substring).self), maxReplacements: 1) {
                "\($0.output.1)\(number)"
            }
        }
        let cat = ["cat", clips.path, "--sequence", "3", "--output", "c.npy"]
        for command in [["info", clips.path], ["verify", clips.path], cat] {
            requireSentence(
                try Command.run("convlstm-shard", command, directory: folder.path), "is \(number) and must be from")
        }
        let data = ["--data", clips.path]
        for command in [
            example.arguments(folder.file("run"), data), ["evaluate", "--checkpoint", tools.run] + data,
            ["predict", "--checkpoint", tools.run, "--sequence", "0", "--output", folder.file("p")] + data,
        ] {
            requireSentence(try tools.dist(command), "is \(number) and must be from")
        }
        #expect(try folder.names == ["films.shards"])
    }
}
