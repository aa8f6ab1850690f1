import Foundation
import TestSupport
import Testing

/// Runs with each optimizer and schedule: resumed, stopped early, and with gradient accumulation.
@Suite struct TrainUpdateTests {
    let example = try! TrainingExample.shared.get()

    /// A run of 7 steps, and one that was stopped after 3 and resumed.
    private func wholeAndParts(ranks: Int, _ options: [String]) throws -> (whole: String, parts: String) {
        let (whole, parts) = (example.freshOutput(), example.freshOutput())
        for (output, steps) in [(whole, "7"), (parts, "3"), (parts, "7")] {
            let result = try example.train(ranks: ranks, output, options + ["--steps", steps])
            #expect(result.status == 0, "\(result.stderr)")
        }
        return (whole, parts)
    }

    @Test(arguments: [
        ("{adam: {form: tensorFlow, weightDecay: 0.1}}", 3), ("{adamW: {}}", 3), ("{rmsProp: {}}", 2),
        ("{adadelta: {}}", 3),
        ("{sgd: {momentum: 0.9, nesterov: true}}", 2), ("{sgd: {}}", 1),
    ])
    func resumingIsTheSameUnderEveryOptimizer(optimizer: String, vectors: Int) throws {
        let config = try example.configuration(with: "optimizer: \(optimizer)\n  clipValue: 0.01")
        let (whole, parts) = try wholeAndParts(ranks: 0, ["--config", config])
        let tensors = try example.tensors(whole, step: 7)
        #expect(tensors.count == 19 * vectors)
        #expect(try example.tensors(parts, step: 7) == tensors)
    }

    /// A loss must fall by half to count, so with patience 1 the learning rate falls at the third validation and at
    /// every second one after it. Validating every second step leaves out step 3, where the first part ends: its
    /// validation must not count.
    @Test(arguments: [0, 2], ["1", "2"]) func resumingIsTheSameOnAPlateau(ranks: Int, every: String) throws {
        let config = try example.configuration(with: "schedule: {plateau: {factor: 0.5, patience: 1, threshold: 0.5}}")
        let (whole, parts) = try wholeAndParts(ranks: ranks, ["--config", config, "--evaluate-every", every])
        let rates = try example.column("learning_rate", of: "metrics.csv", whole)
        let falling = [0.01, 0.01, 0.01, 0.005, 0.005, 0.0025, 0.0025].map { "\($0)" }
        #expect(rates == (every == "1" ? falling : Array(repeating: "0.01", count: 6) + ["0.005"]))
        #expect(try example.column("learning_rate", of: "metrics.csv", parts) == rates)
        #expect(try example.tensors(parts, step: 7) == example.tensors(whole, step: 7))
        #expect(try example.text(of: "log.txt", whole).contains("a plateau; the learning rate falls to 0.005"))
    }

    /// With a learning rate that changes nothing, already the second validation is no better.
    @Test(arguments: [0, 2]) func aRunThatLearnsNoMoreStopsEarly(ranks: Int) throws {
        let config = try example.configuration(with: "optimizer: {sgd: {}}\n  earlyStopping: {patience: 2}")
        let options = ["--config", config, "--learning-rate", "1e-30", "--evaluate-every", "2", "--steps", "50"]
        let output = example.freshOutput()
        let first = try example.train(ranks: ranks, output, options)
        #expect(
            first.status == 0 && first.stderr.contains("step 6: the run stops early: 2 validations"), "\(first.stderr)")
        #expect(try example.tensors(output, step: 6).count == 19)
        let again = try example.train(ranks: ranks, output, options)
        #expect(again.status == 0, "\(again.stderr)")
        #expect(
            again.stderr.contains("stopped early after step 6; raise model.earlyStopping.patience"), "\(again.stderr)")
        #expect(try example.column("step", of: "metrics.csv", output) == (1...6).map(String.init))
    }

    @Test(arguments: [0, 2]) func partsOfABatchGiveTheSameRun(ranks: Int) throws {
        let (whole, parts) = (example.freshOutput(), example.freshOutput())
        try example.train(ranks: ranks, whole, ["--steps", "5"])
        let result = try example.train(ranks: ranks, parts, ["--steps", "5", "--accumulate", "2"])
        #expect(result.status == 0, "\(result.stderr)")
        let losses = try [whole, parts].map { try example.column("loss", of: "metrics.csv", $0).map { Double($0)! } }
        #expect(losses[0].count == 5)
        for (a, b) in zip(losses[0], losses[1]) { #expect(abs(a - b) < 1e-6 * a) }
    }

    @Test(arguments: [0, 2]) func gatesComputedAgainGiveTheSameBits(ranks: Int) throws {
        let outputs = [example.freshOutput(), example.freshOutput()], filtering = ["--convolution", "winograd"]
        for (output, more) in zip(outputs, [[], ["--recompute"]]) {
            let result = try example.train(ranks: ranks, output, ["--steps", "4"] + filtering + more)
            #expect(result.status == 0, "\(result.stderr)")
        }
        #expect(try example.tensors(outputs[0], step: 4) == example.tensors(outputs[1], step: 4))
    }

    /// The memory for batches too large for any machine shows what accumulation and recomputed gates save.
    @Test func partsTakeLessMemory() throws {
        let needed = try gigabytes("neural-scene", [[], ["--accumulate", "2"]])
        // 10,000 sequences at once or 5000, and in addition the 1000 of the validation.
        #expect(abs(needed[1] / needed[0] - 6.0 / 11) < 0.01, "\(needed)")
        // Four floats for each hidden channel of a place: maps of 64, 32 and 16 places a side with 64, 96 and 96 channels, ten
        // steps in the encoder and ten in the forecaster, but for those of a part.
        let places = 64 * 64 * 64 + 32 * 32 * 96 + 16 * 16 * 96, kept = 10_000 * 20 * 4 * 4 * Double(places) / 1e9
        let gates = try gigabytes("mindspore-ed", [[], ["--recompute"]]), saved = gates[0] - gates[1]
        #expect(saved > 0.9 * kept && saved <= kept, "\(gates), of \(kept)")
    }

    private func gigabytes(_ model: String, _ options: [[String]]) throws -> [Double] {
        let arguments = ["train", "--model", model, "--data", "generated", "--batch-size", "10000", "--steps", "1"]
        return try options.map { more in
            let result = try Command.run("convlstm-dist", arguments + more, directory: example.folder.path)
            #expect(result.status == 2 && result.stderr.contains("choose a larger --accumulate"), "\(result.stderr)")
            let words = result.stderr.split(separator: " ")
            return try #require(words.firstIndex(of: "GB").flatMap { Double(words[$0 - 1]) })
        }
    }

    @Test func anotherOptimizerCannotGoOn() throws {
        let output = example.freshOutput()
        try example.train(ranks: 0, output, ["--steps", "2"])
        let config = try example.configuration(with: "optimizer: {sgd: {}}")
        let result = try example.train(ranks: 0, output, ["--config", config, "--steps", "3"])
        #expect(result.status == 2 && result.stderr.contains("is of a run with another optimizer"), "\(result.stderr)")
    }

    @Test(arguments: ["schedule: {plateau: {}}", "earlyStopping: {patience: 3}"])
    func withoutValidationNothingCanWaitForIt(keys: String) throws {
        let folder = try TemporaryFolder(), output = example.freshOutput()
        let split = try Command.run(
            "convlstm-shard",
            [
                "split", example.folder.file("squares-shifted.npy"), "--validation", "0", "--test", "2", "--layout",
                "sequences-first", "--output", "all.shards",
            ], directory: folder.path)
        #expect(split.status == 0, "\(split.stderr)")
        let config = try example.configuration(with: keys)
        let result = try example.train(
            ranks: 0, output, ["--config", config, "--data", folder.file("all.shards"), "--steps", "2"])
        #expect(result.status == 2 && result.stderr.contains("has no validation split"), "\(result.stderr)")
    }
}
