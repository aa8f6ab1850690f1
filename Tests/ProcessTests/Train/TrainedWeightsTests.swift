import Foundation
import TestSupport
import Testing

/// Runs that start from the weights of another one.
@Suite struct TrainedWeightsTests {
    let example = try! TrainingExample.shared.get()

    /// The parameters, without the moments of the optimizer.
    private func parameters(_ output: String, step: Int) throws -> [String: [Float]] {
        try example.tensors(output, step: step).filter { !$0.key.hasPrefix("optimizer.") }
    }

    /// A step so small that it moves nothing ends with the weights of the other run, whose data had another range and which
    /// had another seed. Moments, steps and order are its own.
    @Test(arguments: [0, 2]) func aNewRunStartsFromThem(ranks: Int) throws {
        let (old, new) = (example.freshOutput(), example.freshOutput())
        try example.train(ranks: 0, old, ["--steps", "6"])
        let split = try Command.run(
            "convlstm-shard",
            [
                "split", example.folder.file("squares-noisy.npy"), "--layout", "sequences-first", "--validation", "4",
                "--output", new + "-data",
            ], directory: example.folder.path)
        #expect(split.status == 0, "\(split)")
        let options = [
            "--data", new + "-data", "--weights", old, "--seed", "9", "--steps", "1", "--set",
            "model.learningRate=1e-30",
        ]
        let result = try example.train(ranks: ranks, new, options)
        try #require(result.status == 0, "\(result)")
        #expect(
            result.stderr.contains("starts from the weights of step 6 in \(old)/checkpoints/step-000000006."),
            "\(result)")
        #expect(try parameters(new, step: 1) == parameters(old, step: 6))
        let moments = try example.tensors(new, step: 1).filter { $0.key.hasPrefix("optimizer.") }
        #expect(try moments != example.tensors(old, step: 6).filter { $0.key.hasPrefix("optimizer.") })
        #expect(try example.column("step", of: "metrics.csv", new) == ["1"])

        // The same command goes on with its own weights, even if the others are gone.
        try FileManager.default.removeItem(atPath: example.folder.file(old))
        let longer = options.map { $0 == "1" ? "2" : $0 }
        let second = try example.train(ranks: ranks, new, longer)
        #expect(second.status == 0 && second.stderr.contains("goes on after step 1"), "\(second)")
        #expect(!second.stderr.contains("starts from"), "\(second)")
    }

    /// The system is that of the weights unless another is named, which must have the same layers.
    @Test func theSystemIsTheirs() throws {
        let old = example.freshOutput()
        try example.train(ranks: 0, old, ["--steps", "2"])
        func train(_ options: [String]) throws -> CommandResult {
            try Command.run(
                "convlstm-dist",
                ["train", "--weights", old, "--data", "tiny.shards", "--output", example.freshOutput(), "--steps", "1"]
                    + options, directory: example.folder.path)
        }
        let own = try train([])
        #expect(own.status == 0 && own.stderr.contains("model tiny: "), "\(own)")
        let wider = try example.configuration(replacing: "hidden: 6", with: "hidden: 7")
        let other = try train(["--config", wider])
        #expect(other.status == 1 && other.stderr.contains("use the model that it was made with"), "\(other)")
        let both = try train(["--resume", "\(old)/checkpoints/step-000000002.safetensors.zst"])
        #expect(both.status == 2 && both.stderr.contains("leave one of the two out"), "\(both)")
        let none = try train(["--weights", "nowhere"])
        #expect(none.status == 1 && none.stderr.contains("nowhere does not exist"), "\(none)")
    }
}
