import Foundation
import TestSupport
import Testing

/// Data of which nearly all pixels are missing on one rank of three.
@Suite(.tags(.slow), .unlessFast) struct MissingPixelsProcessTests {
    private let example = try! TrainingExample.shared.get()

    /// Splits an array of 18 sequences of 6 frames of 24 x 24: in each third one, which one of three ranks gets in a
    /// sequential order of batches of three, all pixels but one in a hundred are NaN.
    private func shards(allMissing: Bool = false) throws -> String {
        let name = "holes-" + UUID().uuidString
        _ = try Python.run(
            """
            import numpy as n, sys
            r = n.random.default_rng(1)
            a = r.random((18, 6, 24, 24), dtype='f4')
            a[2::3][r.random((6, 6, 24, 24)) < 0.99] = n.nan
            a[0::3][r.random((6, 6, 24, 24)) < 0.1] = n.nan
            if \(allMissing ? "True" : "False"): a[:, 3:] = n.nan
            n.save(sys.argv[1], a)
            """, [example.folder.file(name + ".npy")])
        let split = try Command.run(
            "convlstm-shard",
            [
                "split", name + ".npy", "--layout", "sequences-first", "--missing", "nan", "--validation", "3",
                "--test", "0",
                "--output", name,
            ], directory: example.folder.path)
        try #require(split.status == 0, "\(split)")
        return name
    }

    private func train(_ data: String, _ options: [String], ranks: Int) throws -> String {
        let output = example.freshOutput()
        let arguments =
            [
                "train", "--config", "tiny.yaml", "--data", data, "--output", output, "--threads", "1", "--batch-size",
                "3",
            ]
            + options
        let result =
            ranks == 0
            ? try Command.run("convlstm-dist", arguments, directory: example.folder.path)
            : try Mpirun.run(ranks: ranks, "convlstm-dist", arguments, directory: example.folder.path)
        try #require(result.status == 0, "\(result.stderr)")
        return output
    }

    @Test(.enabled(if: Python.has("numpy"))) func threeRanksTrainTheBitsOfOne() throws {
        let data = try shards(), options = ["--virtual-ranks", "3", "--steps", "5"]
        let alone = try RunOutcome(example, train(data, options, ranks: 0), step: 5)
        #expect(alone.losses.count == 5 && !alone.validations.isEmpty && !alone.tensors.isEmpty)
        #expect(try RunOutcome(example, train(data, options, ranks: 3), step: 5) == alone)
    }

    /// Nothing is learned from targets that are all missing, and nothing becomes NaN.
    @Test(.enabled(if: Python.has("numpy"))) func whereAllIsMissingNothingIsLearned() throws {
        let data = try shards(allMissing: true)
        let output = try train(data, ["--steps", "4", "--checkpoint-every", "1", "--keep", "9"], ranks: 0)
        let first = try RunOutcome(example, output, step: 1), last = try RunOutcome(example, output, step: 4)
        #expect(
            first.tensors.filter { !$0.key.hasPrefix("optimizer.") }
                == last.tensors.filter { !$0.key.hasPrefix("optimizer.") })
        #expect(try example.column("loss", of: "metrics.csv", output).allSatisfy { Double($0) == 0 })
    }
}
