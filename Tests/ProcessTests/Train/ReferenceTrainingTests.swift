import Model
import Configuration
import Foundation
import TestSupport
import Testing

/// Whether two lists of positive numbers agree to a relative 1e-5.
private func agree(_ a: [Double], _ b: [Double]) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) < 1e-5 * $0 }
}

/// Every preset trains with the real commands, and equally on any number of ranks.
@Suite(.tags(.slow), .unlessFast) struct ReferenceTrainingTests {
    /// With two ranks, one has two sequences of the first batch and the other one; with three, one has none of the
    /// second.
    @Test(arguments: Presets.all.map(\.name)) func ranksTrainTheSame(preset: String) throws {
        let system = try SmallSystem(preset), alone = try system.train(ranks: 0, ["--steps", "2"])
        let averages = try system.movingAverages(alone, step: 2)
        for ranks in [2, 3] {
            let many = try system.train(ranks: ranks, ["--steps", "2"])
            for column in ["loss", "gradient_norm"] {
                let (one, other) = (try system.column(column, alone), try system.column(column, many))
                #expect(one.count == 2 && agree(one, other), "\(column) on \(ranks) ranks: \(other), not \(one)")
            }
            let validations = try [alone, many].map { try system.column("loss", of: "validation.csv", $0) }
            #expect(validations[0].count == 1 && agree(validations[0], validations[1]), "\(validations)")
            #expect(try averages.isEmpty || difference(averages, system.movingAverages(many, step: 2)) < 1e-5)
        }
        #expect(averages.count == (preset == "keras-stack" ? 8 : preset == "keras-stack-3" ? 6 : 0))
    }

    /// Of five ranks the third has one of eight sequences, and two of the seven in the epoch's last batch.
    @Test func aShareMayGrowInASmallerBatch() throws {
        let system = try SmallSystem("keras-stack-3") {
            ($0.batchSize, $0.sequences.generator.training) = (8, 15)
        }
        let (alone, many) = (
            try system.train(ranks: 0, ["--steps", "2"]), try system.train(ranks: 5, ["--steps", "2"])
        )
        #expect(try agree(system.column("loss", alone), system.column("loss", many)))
        let averages = try [alone, many].map { try system.movingAverages($0, step: 2) }
        #expect(difference(averages[0], averages[1]) < 1e-5)
    }

    /// Kernels whose input is always zero have no gradient; everything else learns.
    @Test(arguments: Presets.all.map(\.name)) func everyTensorLearns(preset: String) throws {
        let system = try SmallSystem(preset)
        let output = try system.train(ranks: 0, ["--steps", "2", "--checkpoint-every", "1"])
        let (before, after) = (try system.example.tensors(output, step: 1), try system.example.tensors(output, step: 2))
        let still = after.filter { !$0.key.hasPrefix("optimizer.") && $0.value == before[$0.key] }.keys
        let unread: Set<String> =
            switch preset {
            case "neural-scene":
                Set((1...3).flatMap { layer in ["i", "f", "g", "o"].map { "fore_cl\(layer).\($0).hidden.kernel" } })
            case "mindspore-ed", "mindspore-ed-upstream": ["dn_rnn1.input.kernel"]
            default: []
            }
        #expect(Set(still) == unread, "\(still.sorted())")
    }

    /// Frames sampled by the index in the global batch are the same on any number of ranks, with some of either kind.
    @Test func scheduledSamplingDrawsTheSameFramesForAnyNumberOfRanks() throws {
        func norms(_ sampling: SamplingDescription, ranks: Int) throws -> [Double] {
            let system = try SmallSystem("openstl-convlstm-s") {
                ($0.sampling, $0.schedule, $0.learningRate) = (sampling, .constant, 0.01)
            }
            return try system.column("gradient_norm", try system.train(ranks: ranks, ["--steps", "3"]))
        }
        let half = SamplingDescription.scheduled(start: 0.5, decrease: 0, until: 100)
        let alone = try norms(half, ranks: 0)
        for ranks in [2, 3] {
            let many = try norms(half, ranks: ranks)
            #expect(agree(alone, many), "\(many), not \(alone)")
        }
        for other in [SamplingDescription.teacherForcing, .ownOutput] {
            let changed = try norms(other, ranks: 0)
            #expect(abs(changed[2] - alone[2]) > 1e-3 * alone[2], "\(changed), \(alone)")
        }
    }

    /// A run resumed from its second checkpoint ends with the same bits as an uninterrupted one.
    @Test(arguments: [0, 2], ["keras-stack", "openstl-convlstm-s", "mindspore-ed-upstream"])
    func goingOnIsTheSameAsNotStopping(ranks: Int, preset: String) throws {
        let system = try SmallSystem(preset) {
            guard case .plateau = $0.schedule else { return }
            $0.schedule = .plateau(.init(factor: 0.5, patience: 1, threshold: 0.9))
        }
        let length = ["--steps", "5", "--checkpoint-every", "1", "--keep", "5", "--evaluate-every", "1"]
        let whole = try system.train(ranks: ranks, length)
        let start = "\(whole)/checkpoints/step-000000002.safetensors.zst"
        let further = try system.train(ranks: ranks, length + ["--resume", start])
        #expect(try system.example.tensors(further, step: 5) == system.example.tensors(whole, step: 5))
        let rates = try system.column("learning_rate", whole)
        #expect(try Array(rates.dropFirst(2)) == system.column("learning_rate", further))
        let isSteady = preset == "keras-stack"
        #expect((Set(rates).count == 1) == isSteady, "\(rates)")
        let losses = try [whole, further].map { try system.column("loss", of: "validation.csv", $0) }
        #expect(losses[0].count == 5 && Array(losses[0].dropFirst(2)) == losses[1], "\(losses)")
    }

    /// Two hidden channels in each of three layers have four measured values per layer.
    @Test func movingAveragesAreNoParameters() throws {
        let system = try SmallSystem("keras-stack-3"), run = try system.train(ranks: 0, ["--steps", "1"])
        let shown = try system.dist(["checkpoint", "inspect", run]).stdout
        #expect(shown.contains("\nmoving averages 12 elements in 6 tensors\n"), "\(shown)")
    }

    /// The ways to forecast more frames than in training: consecutive own frames, own frames after teacher forcing, own
    /// hidden states, a state alone, and blocks of frames.
    @Test(arguments: [
        "keras-stack", "openstl-convlstm-s", "keras-encdec", "pytorch-seq2seq", "mindspore-ed", "neural-scene",
    ])
    func forecastsGoFurtherThanTraining(preset: String) throws {
        let system = try SmallSystem(preset), run = try system.train(ranks: 0, ["--steps", "2"])
        let least = system.description.sequences.forecastFrames, most = least + 4
        func forecast(_ frames: Int) throws -> [Float] {
            let output = system.example.freshOutput()
            let result = try system.dist(
                ["predict", "--checkpoint", run, "--sequence", "6", "--frames", "\(frames)", "--output", output])
            try #require(result.status == 0, "\(result.stderr)")
            return try numbers(ofArray: system.example.folder.file(output + "/prediction.npy"))
        }
        let (short, long) = (try forecast(least), try forecast(most))
        #expect(long.count == short.count / least * most && long.allSatisfy(\.isFinite))
        let scale = long.map(abs).max() ?? 0
        #expect(zip(short, long).allSatisfy { abs($0 - $1) <= 1e-5 * scale })

        let scores = try [0, 2].map { try errors(system, run, ranks: $0, ["--frames", "\(most)"]) }
        #expect(scores[0].count == most && agree(scores[0], scores[1]), "\(scores)")
    }

    /// Validation during a run reads no true frame after the input, like the forecasts of `evaluate`.
    @Test(arguments: ["keras-encdec", "pytorch-seq2seq", "mindspore-ed"])
    func validationMeasuresWhatEvaluationDoes(preset: String) throws {
        let system = try SmallSystem(preset) { $0.loss = .meanSquaredError }
        let run = try system.train(ranks: 0, ["--steps", "2"])
        let errors = try errors(system, run, ranks: 0, ["--split", "validation"])
        let mean = errors.reduce(0, +) / Double(errors.count)
        #expect(try agree([mean], system.column("loss", of: "validation.csv", run)))
    }

    /// The mean squared error per pixel of each forecast frame.
    private func errors(_ system: SmallSystem, _ run: String, ranks: Int, _ options: [String]) throws -> [Double] {
        let result = try system.dist(ranks: ranks, ["evaluate", "--checkpoint", run, "--json"] + options)
        try #require(result.status == 0, "\(result.stderr)")
        let report = try JSONSerialization.jsonObject(with: Data(result.stdout.utf8)) as? [String: Any]
        let frames = (report?["forecast"] as? [String: Any])?["frames"] as? [[String: Any]]
        return try #require(frames?.compactMap { $0["mse_per_pixel"] as? Double })
    }
}
