import Configuration
import Foundation
import TestSupport
import Testing

/// Runs with fixed virtual ranks give the same bits on any number of ranks and threads.
@Suite(.tags(.slow), .unlessFast) struct VirtualRanksProcessTests {
    /// A system with batches of nine sequences, one or two per virtual rank, then of five, which leave some without
    /// any.
    private func system(_ preset: String) throws -> SmallSystem {
        try SmallSystem(preset) { system in
            system.batchSize = 9
            (system.sequences.generator.training, system.sequences.generator.validation) = (14, 5)
            guard preset == "openstl-convlstm-s" else { return }
            // A schedule that depends on the length of the run would differ for a part of it.
            (system.sampling, system.schedule) = (.scheduled(start: 0.5, decrease: 0, until: 100), .constant)
        }
    }

    private static let eight = ["--virtual-ranks", "8", "--steps", "2"]

    /// Every preset trains the same, each on another number of ranks than the next.
    @Test(arguments: Array(Presets.all.map(\.name).enumerated()))
    func everySystemTrainsTheSameOnAnyNumberOfRanks(number: Int, preset: String) throws {
        let system = try system(preset), alone = try system.train(ranks: 0, Self.eight)
        let expected = try RunOutcome(system.example, alone, step: 2)
        #expect(expected.losses.count == 2 && !expected.validations.isEmpty && !expected.tensors.isEmpty)
        let many = try system.train(ranks: [2, 3, 5, 8][number % 4], Self.eight)
        #expect(try RunOutcome(system.example, many, step: 2) == expected)
    }

    /// Batch normalization, whose virtual ranks communicate in every pass, and frames sampled by index.
    @Test(arguments: [
        ("keras-stack-3", [(1, 3), (2, 1), (3, 1), (5, 1), (8, 1), (2, 2)]),
        ("openstl-convlstm-s", [(0, 2), (5, 1), (3, 2)]),
    ])
    func ranksAndThreadsChangeNoBit(preset: String, jobs: [(ranks: Int, threads: Int)]) throws {
        let system = try system(preset), alone = try system.train(ranks: 0, Self.eight)
        let expected = try RunOutcome(system.example, alone, step: 2)
        for (ranks, threads) in jobs {
            let output = try system.train(ranks: ranks, Self.eight + ["--threads", "\(threads)"])
            #expect(try RunOutcome(system.example, output, step: 2) == expected, "\(ranks) ranks of \(threads) threads")
        }
    }

    /// Runs are resumed in the middle of an epoch and at its end.
    @Test(arguments: ["keras-stack-3", "openstl-convlstm-s"]) func aRunGoesOnOnOtherRanks(preset: String) throws {
        let system = try system(preset), length = ["--virtual-ranks", "8", "--checkpoint-every", "1", "--keep", "9"]
        let whole = try system.train(ranks: 0, length + ["--steps", "4"])
        let first = try system.train(ranks: 3, length + ["--steps", "1"])
        var start = "\(first)/checkpoints/step-000000001.safetensors.zst"
        for (step, ranks, threads) in [(2, 2, 2), (4, 5, 1)] {
            let output = try system.train(
                ranks: ranks, length + ["--threads", "\(threads)", "--resume", start, "--steps", "\(step)"])
            start = "\(output)/checkpoints/step-00000000\(step).safetensors.zst"
            let found = try RunOutcome(system.example, output, step: step).tensors
            #expect(try found == RunOutcome(system.example, whole, step: step).tensors, "step \(step)")
        }
    }

    /// The parts of a virtual rank depend on the virtual rank alone.
    @Test func partsOfVirtualRanksAreTheSameEverywhere() throws {
        let system = try system("small"), options = ["--virtual-ranks", "3", "--accumulate", "2", "--steps", "2"]
        let outputs = try [(0, 1), (0, 3), (3, 1)].map { ranks, threads in
            try system.train(ranks: ranks, options + ["--threads", "\(threads)"])
        }
        let outcomes = try outputs.map { try RunOutcome(system.example, $0, step: 2) }
        #expect(outcomes[1] == outcomes[0] && outcomes[2] == outcomes[0])
    }

    /// By default a run has one virtual rank per thread: results are the same except for rounding, and bitwise
    /// reproducible.
    @Test(arguments: [0, 2]) func threadsTrainTheSame(ranks: Int) throws {
        let system = try system("keras-stack-3"), two = ["--steps", "2", "--threads", "2"]
        let alone = try system.column("loss", try system.train(ranks: 0, ["--steps", "2"]))
        let (first, second) = (try system.train(ranks: ranks, two), try system.train(ranks: ranks, two))
        #expect(try zip(alone, system.column("loss", first)).allSatisfy { abs($0 - $1) < 1e-5 * $0 })
        #expect(try RunOutcome(system.example, first, step: 2) == RunOutcome(system.example, second, step: 2))
        #expect(try system.example.text(of: "log.txt", first).contains(" of 2 threads, global batch 9, "))
    }

    /// Blocks of two sequences are evaluated by any rank or thread, and every printed digit is the same.
    @Test func evaluationIsTheSameOnAnyNumberOfRanksAndThreads() throws {
        let system = try system("small"), run = try system.train(ranks: 0, ["--steps", "1"])
        let evaluate = ["evaluate", "--checkpoint", run, "--split", "train", "--batch-size", "2", "--json"]
        let alone = try system.dist(evaluate)
        #expect(alone.status == 0 && alone.stdout.contains("\"sequences\" : 14"), "\(alone)")
        for (ranks, threads) in [(0, 3), (3, 1), (2, 2)] {
            let many = try system.dist(ranks: ranks, evaluate + ["--threads", "\(threads)"])
            #expect(many.status == 0 && many.stdout == alone.stdout, "\(many.stderr)")
        }
    }

    /// The memory for batches too large for any machine: a thread allocates memory for one virtual rank, besides the
    /// 1000 sequences of the validation.
    @Test func virtualRanksThatOneThreadTakesInTurnShareItsMemory() throws {
        let example = try TrainingExample.shared.get(), name = UUID().uuidString + ".yaml"
        let clips = "model: {name: neural-scene, sequences: {generator: {training: 80000}}}"
        try example.folder.write(Array(clips.utf8), to: name)
        let sizes = [
            ["10000", "--threads", "1"], ["80000", "--virtual-ranks", "8", "--threads", "1"],
            ["80000", "--virtual-ranks", "8", "--threads", "2"],
        ]
        let needed = try sizes.map { size in
            let batch = ["train", "--config", name, "--data", "generated", "--steps", "1", "--batch-size"] + size
            let result = try Command.run("convlstm-dist", batch, directory: example.folder.path)
            #expect(result.status == 2 && result.stderr.contains("choose a larger --accumulate"), "\(result.stderr)")
            let words = result.stderr.split(separator: " ")
            return try #require(words.firstIndex(of: "GB").flatMap { Double(words[$0 - 1]) })
        }
        #expect(abs(needed[1] / needed[0] - 1) < 0.01 && abs(needed[2] / needed[0] - 21.0 / 11) < 0.01, "\(needed)")
    }

    @Test func virtualRanksThatCannotBeSharedAreRefused() throws {
        let system = try system("small")
        for (ranks, options, sentence) in [
            (0, ["--virtual-ranks", "0"], "--virtual-ranks is 0; give a number from 1 to 65536"),
            (
                0, ["--virtual-ranks", "1", "--threads", "2"],
                "1 virtual rank cannot occupy 1 rank of 2 threads, each of which"
            ),
            (
                3, ["--virtual-ranks", "2"],
                "2 virtual ranks cannot occupy 3 ranks of 1 thread, each of which needs one; raise --virtual-ranks"
            ),
        ] {
            let output = system.example.freshOutput(), wrong = ["--output", output, "--steps", "1"] + options
            let result = try system.dist(ranks: ranks, ["train", "--model", "small", "--data", "generated"] + wrong)
            #expect(result.status == 2 && result.stderr.contains(sentence), "\(result.stderr)")
            #expect(!FileManager.default.fileExists(atPath: system.example.folder.file(output)))
        }
        let output = try system.train(ranks: 0, ["--steps", "1", "--virtual-ranks", "12"])
        let warning = "warning: a global batch of 9 leaves 3 of 12 virtual ranks without sequences; raise --batch-size"
        #expect(try system.example.text(of: "log.txt", output).contains(warning))
        // Other virtual ranks add in another order, which a resumed run reports.
        let further = try system.dist(
            [
                "train", "--resume", "\(output)/checkpoints/step-000000001.safetensors.zst", "--data", "generated",
                "--output", system.example.freshOutput(), "--steps", "2",
            ])
        #expect(further.status == 0)
        #expect(further.stderr.contains("virtualRanks none instead of 12"), "\(further.stderr)")
    }
}
