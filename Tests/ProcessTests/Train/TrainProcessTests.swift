import Foundation
import TestSupport
import Testing

@Suite struct TrainProcessTests {
    let example = try! TrainingExample.shared.get()

    @Test func oneRankGivesTheSameBitsAsNone() throws {
        let (alone, one) = (example.freshOutput(), example.freshOutput())
        #expect(try example.train(ranks: 0, alone, ["--steps", "5"]).status == 0)
        #expect(try example.train(ranks: 1, one, ["--steps", "5"]).status == 0)
        #expect(try example.tensors(alone, step: 5) == example.tensors(one, step: 5))
    }

    /// The fourth batch is the epoch's last, with 2 sequences: one of 3 ranks has no part of it. Sums over other parts
    /// round differently, which Adam's first steps amplify; Winograd convolution rounds more than plain products.
    @Test(arguments: [2, 3], [("im2col", 1e-5), ("winograd", 5e-5)])
    func ranksShareABatchWithoutChangingTheResult(ranks: Int, algorithm: (name: String, tolerance: Double)) throws {
        let (alone, many) = (example.freshOutput(), example.freshOutput())
        let options = ["--steps", "5", "--convolution", algorithm.name]
        try example.train(ranks: 0, alone, options)
        let result = try example.train(ranks: ranks, many, options)
        #expect(result.status == 0, "\(result.stderr)")
        let (expected, found) = (try example.tensors(alone, step: 5), try example.tensors(many, step: 5))
        #expect(expected.count == 3 * 19)
        let parameters = { (all: [String: [Float]]) in all.filter { !$0.key.hasPrefix("optimizer.") } }
        #expect(Double(difference(parameters(expected), parameters(found))) < algorithm.tolerance)
        for column in ["loss", "gradient_norm"] {
            let pairs = zip(
                try example.column(column, of: "metrics.csv", alone),
                try example.column(column, of: "metrics.csv", many))
            for (a, b) in pairs {
                #expect(abs(Double(a)! - Double(b)!) < 1e-5 * Double(a)!, "\(column): \(a) and \(b)")
            }
        }
    }

    /// An all-reduce in 16 bits changes the parameters only slightly; a single rank sends nothing and is exact.
    @Test(arguments: [1, 2, 3]) func roundedGradientsTrainNearlyTheSame(ranks: Int) throws {
        let (exact, rounded) = (example.freshOutput(), example.freshOutput())
        try example.train(ranks: ranks, exact, ["--steps", "8"])
        let result = try example.train(ranks: ranks, rounded, ["--steps", "8", "--reduce-precision", "bf16"])
        #expect(result.status == 0, "\(result.stderr)")
        let losses = try [exact, rounded].map { try example.column("loss", of: "metrics.csv", $0).map { Double($0)! } }
        #expect(zip(losses[0], losses[1]).allSatisfy { abs($0 - $1) < 2e-3 * $0 }, "\(losses)")
        #expect((losses[0] == losses[1]) == (ranks == 1))
    }

    /// Stops after 3 steps in the middle of an epoch, and after 4 at its end.
    @Test(arguments: [0, 2], [3, 4]) func resumingIsTheSameAsNotStopping(ranks: Int, stop: Int) throws {
        let (whole, parts) = (example.freshOutput(), example.freshOutput())
        try example.train(ranks: ranks, whole, ["--steps", "7"])
        try example.train(ranks: ranks, parts, ["--steps", "\(stop)"])
        let second = try example.train(ranks: ranks, parts, ["--steps", "7", "--resume", "auto"])
        #expect(second.status == 0 && second.stderr.contains("goes on after step \(stop)"), "\(second.stderr)")
        #expect(try example.tensors(whole, step: 7) == example.tensors(parts, step: 7))
        #expect(try example.column("step", of: "metrics.csv", parts) == (1...7).map(String.init))
        #expect(
            try example.column("loss", of: "metrics.csv", parts) == example.column("loss", of: "metrics.csv", whole))
        #expect(try example.column("epoch", of: "metrics.csv", parts) == ["0", "0", "0", "0", "1", "1", "1"])
    }

    @Test func aKilledRunGoesOnAndNoStepAppearsTwice() throws {
        let output = example.freshOutput(), first = "\(output)/checkpoints/step-000000010.safetensors.zst"
        let command = ([Command.path(of: "convlstm-dist")] + example.arguments(output, ["--checkpoint-every", "10"]))
            .joined(separator: " ")
        let killed = try Command.run(
            "sh", ["-c", "\(command) --steps 50000 & until [ -e \(first) ]; do sleep 0.01; done; kill -9 $!; wait $!"],
            directory: example.folder.path)
        #expect(killed.status == 137)
        let reached = try example.column("step", of: "metrics.csv", output).last.flatMap { Int($0) }!
        let steps = reached + 5
        let second = try example.train(ranks: 0, output, ["--steps", "\(steps)", "--checkpoint-every", "100000"])
        #expect(second.status == 0 && second.stderr.contains("goes on after step "), "\(second.stderr)")
        #expect(try example.column("step", of: "metrics.csv", output) == (1...steps).map(String.init))
    }

    @Test func anInterruptedRunLeavesACheckpointOfItsLastStep() throws {
        let output = example.freshOutput()
        let result = try example.train(ranks: 0, output, ["--steps", "5000"], sending: "INT", after: 9)
        #expect(result.status == 130)
        let last = try example.column("step", of: "metrics.csv", output).last!
        #expect(result.stderr.contains("stopped after step \(last); go on with"), "\(result.stderr)")
        let names = try FileManager.default.contentsOfDirectory(atPath: example.folder.file(output + "/checkpoints"))
        #expect(names.contains { $0.hasSuffix("0\(last).safetensors.zst") }, "\(names)")
    }

    /// Huge parameters show in the loss of the next step; infinite ones already in the next checkpoint.
    @Test(arguments: [0, 2], [("1e30", "ends before this update"), ("1e41", "are not saved")])
    func numbersThatAreNotFiniteEndTheRunBeforeTheyAreSaved(ranks: Int, found: (rate: String, sentence: String)) throws
    {
        let output = example.freshOutput()
        let result = try example.train(
            ranks: ranks, output, ["--learning-rate", found.rate, "--steps", "50", "--checkpoint-every", "1"])
        #expect(result.status == 1)
        #expect(result.stderr.contains(found.sentence), "\(result.stderr)")
        #expect(result.stderr.contains("go on with --force and a lower --learning-rate"), "\(result.stderr)")
        #expect(try example.column("step", of: "metrics.csv", output).count < 50)
    }

    @Test func validationIsTheSameForAnyNumberOfRanksAndTheBestStays() throws {
        let (alone, many) = (example.freshOutput(), example.freshOutput())
        let options = ["--steps", "6", "--evaluate-every", "2", "--checkpoint-every", "1", "--keep", "1"]
        try example.train(ranks: 0, alone, options)
        try example.train(ranks: 3, many, options)
        #expect(try example.column("step", of: "validation.csv", many) == ["2", "4", "6"])
        let losses = try [alone, many].map { try example.column("loss", of: "validation.csv", $0).map { Double($0)! } }
        for (a, b) in zip(losses[0], losses[1]) { #expect(abs(a - b) < 1e-5 * a) }
        let best = 2 * (1 + losses[0].firstIndex(of: losses[0].min()!)!)
        let index = try example.text(of: "checkpoints/checkpoints.json", alone)
        #expect(index.contains("\"best\" : \"step-00000000\(best).safetensors.zst\""), "\(index)")
    }
}
