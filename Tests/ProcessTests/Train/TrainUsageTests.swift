import Foundation
import TestSupport
import Testing

/// A command line that cannot work, and the error that it gets.
struct Refusal: Sendable, CustomTestStringConvertible {
    var options: [String]
    var status: Int32 = 2
    var sentence: String
    var testDescription: String { options.joined(separator: " ") }
}

@Suite struct TrainUsageTests {
    let example = try! TrainingExample.shared.get()

    @Test(arguments: [
        Refusal(options: ["--steps", "0"], sentence: "--steps is 0; give a number from 1"),
        Refusal(options: ["--steps", "3", "--epochs", "2"], sentence: "leave one of the two out"),
        Refusal(
            options: ["--batch-size", "21"], sentence: "a global batch of 21 is more than the 20 training sequences"),
        Refusal(options: ["--accumulate", "0"], sentence: "--accumulate is 0; give a number from 1"),
        Refusal(options: ["--batch-size", "many"], sentence: "'many' is invalid for '--batch-size"),
        Refusal(options: ["--convolution", "fast"], sentence: "'fast' is invalid for '--convolution"),
        Refusal(options: ["--reduce-precision", "bf8"], sentence: "'bf8' is invalid for '--reduce-precision"),
        Refusal(options: ["--reduce-precision", "bf16", "--virtual-ranks", "2"], sentence: "leave one of the two out"),
        Refusal(options: ["--max-time", "20"], sentence: "'20' is invalid for '--max-time"),
        Refusal(options: ["--learning-rate", "nan"], sentence: "--learning-rate is nan; give a positive number"),
        Refusal(options: ["--seed", "-1"], sentence: "--seed is -1; give a whole number from 0 to"),
        Refusal(options: ["--seed", "18446744073709551616"], sentence: "--seed is 18446744073709551616; give a whole"),
        Refusal(options: ["--learning-rate", "-0.1"], sentence: "--learning-rate is -0.1; give a positive number"),
        Refusal(options: ["--output", ""], sentence: "--output is empty; give a name"),
        Refusal(options: ["--data", ""], sentence: "--data is empty; give a name"),
        Refusal(options: ["--config", ""], sentence: "--config is empty; give a name"),
        Refusal(
            options: ["--resume", "tiny.yaml"], status: 1,
            sentence: "tiny.yaml is not a checkpoint; name the run's folder"),
        Refusal(options: ["--model", "smal"], sentence: "tiny.yaml is about model tiny and --model is smal"),
        Refusal(options: ["--bacth-size", "3"], sentence: "Unknown option '--bacth-size'"),
        Refusal(options: ["--data", "nowhere.shards"], status: 1, sentence: "nowhere.shards does not exist"),
        Refusal(options: ["--resume", "nowhere.zst"], status: 1, sentence: "nowhere.zst could not be opened"),
        Refusal(options: ["--config", "nowhere.yaml"], status: 1, sentence: "nowhere.yaml could not be opened"),
        Refusal(options: ["--output", "/proc/nowhere/run"], status: 1, sentence: "/proc/nowhere could not be made"),
    ])
    func badInputGetsOneSentence(refusal: Refusal) throws {
        let output = example.freshOutput()
        let result = try example.train(ranks: 0, output, refusal.options)
        #expect(result.status == refusal.status)
        #expect(result.stderr.contains(refusal.sentence), "\(result.stderr)")
        #expect(result.stderr.split(separator: "\n").count == 1, "\(result.stderr)")
        #expect(!FileManager.default.fileExists(atPath: example.folder.file(output)))
    }

    /// Of sequences that are too short for the model, the sentence has the option with which they train.
    @Test func tooFewFramesAreAnsweredWithWhatFits() throws {
        let setting = "model.sequences={inputFrames: 3, outputFrames: 3}"
        func train(_ more: [String]) throws -> CommandResult {
            let options = ["--data", "tiny.shards", "--steps", "1", "--output", example.freshOutput()]
            return try Command.run(
                "convlstm-dist", ["train", "--model", "small"] + options + more, directory: example.folder.path)
        }
        let refused = try train([])
        #expect(
            refused.status == 2 && refused.stderr.contains("; give --set '\(setting)', or use longer sequences\n"),
            "\(refused)")
        let result = try train(["--set", setting])
        #expect(result.status == 0, "\(result)")
    }

    @Test(arguments: [["--unknown"], ["--steps", "0"]]) func severalRanksComplainOnce(options: [String]) throws {
        let result = try example.train(ranks: 3, example.freshOutput(), options)
        #expect(result.status == 2)
        let complaints = result.stderr.split(separator: "\n").filter { $0.contains(options[0].dropFirst(2)) }
        #expect(complaints.count == 1, "\(result.stderr)")
    }

    /// A batch that exceeds the memory of any machine is refused before allocation; the ranks of a host count together.
    @Test func batchesThatDoNotFitIntoMemoryAreRefused() throws {
        let batch = ["train", "--model", "neural-scene", "--data", "generated", "--batch-size", "8000", "--steps", "1"]
        for ranks in [1, 2] {
            let result = try Mpirun.run(ranks: ranks, "convlstm-dist", batch, directory: example.folder.path)
            #expect(result.status == 2)
            #expect(result.stderr.contains("GB of memory and"), "\(result.stderr)")
            #expect(!FileManager.default.fileExists(atPath: example.folder.file("runs")))
        }
    }

    @Test func anExistingRunIsNeitherOverwrittenNorMixedUp() throws {
        let output = example.freshOutput()
        try example.train(ranks: 0, output, ["--steps", "4", "--checkpoint-every", "2"])
        let metrics = try example.text(of: "metrics.csv", output)
        let early = "\(output)/checkpoints/step-000000002.safetensors.zst"
        for (options, sentence) in [
            (["--resume", "never"], "already holds a run"),
            (["--seed", "2"], "is of a run with seed 1"),
            (["--model", "small", "--config", "/dev/null"], "not a regular file"),
            (["--resume", early], "already holds a run with a checkpoint of step 4"),
        ] {
            let result = try example.train(ranks: 0, output, options + ["--steps", "6"])
            #expect(result.status != 0 && result.stderr.contains(sentence), "\(result.stderr)")
        }
        #expect(try example.text(of: "metrics.csv", output) == metrics)
        let branch = example.freshOutput()
        let branched = try example.train(ranks: 0, branch, ["--resume", early, "--steps", "4"])
        #expect(branched.status == 0, "\(branched.stderr)")
        #expect(try example.tensors(branch, step: 4) == example.tensors(output, step: 4))
        let again = try example.train(ranks: 0, output, ["--steps", "4"])
        #expect(again.status == 0 && again.stderr.contains("nothing to do"), "\(again.stderr)")
    }

    @Test func aPrintedConfigurationGivesItself() throws {
        let options = [
            "train", "--config", "tiny.yaml", "--learning-rate", "0.00017", "--output", "elsewhere", "--convolution",
            "im2col",
            "--print-config",
        ]
        let first = try Command.run("convlstm-dist", options, directory: example.folder.path)
        #expect(first.status == 0 && first.stdout.contains("learningRate: 0.00017\n"), "\(first)")
        #expect(first.stdout.contains("data: tiny.shards\n") && first.stdout.contains("convolution: im2col\n"))
        let file = try example.folder.write(Array(first.stdout.utf8), to: "printed.yaml")
        let second = try Command.run("convlstm-dist", ["train", "--config", file, "--print-config"])
        #expect(second.stdout == first.stdout)
    }

    @Test func withoutOneDataSetHereThePersonIsAskedOrTold() throws {
        let folder = try TemporaryFolder()
        let alone = try Command.run("convlstm-dist", ["train", "--print-config"], directory: folder.path)
        #expect(alone.stdout.contains("data: generated\n"))
        for name in ["a.shards", "b.shards"] {
            try FileManager.default.createDirectory(atPath: folder.file(name), withIntermediateDirectories: false)
        }
        let several = try Command.run("convlstm-dist", ["train"], directory: folder.path)
        #expect(several.status == 2)
        #expect(several.stderr.contains("several data sets here (a.shards, b.shards); choose one with --data"))
    }
}
