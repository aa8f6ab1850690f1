import Trainer
import Shards
import Configuration
import Foundation
import Model
import TestSupport
import Testing

/// The configuration of a file with synthetic sequences.
private func resolved(
    _ yaml: String, preset: String? = nil, _ options: (inout TrainingConfiguration) -> Void = { _ in }
) throws -> TrainingConfiguration {
    let folder = try TemporaryFolder()
    let file = try folder.write(Array(("data: generated\n" + yaml).utf8), to: "c.yaml")
    return try TrainingConfiguration.resolved(model: preset, file: file, options: options)
}

@Suite struct ConfigurationTests {
    @Test func optionsComeBeforeTheFileAndTheFileBeforeThePreset() throws {
        let it = try resolved("seed: 9\nmodel:\n  name: neural-scene\n  batchSize: 4\n  learningRate: 0.5\n") {
            $0.model.learningRate = 0.25
        }
        #expect(it.seed == 9 && it.model.batchSize == 4 && it.model.learningRate == 0.25)
        #expect(it.model.network == Presets.neuralScene.network && it.model.sequences.maxValue == 255)
        #expect(
            it.output == nil && it.numberedRuns == "runs/neural-scene"
                && it.epochs == TrainingConfiguration.defaultEpochs && it.steps == nil)
    }

    @Test func aModelIsNamedOrChangedInPart() throws {
        #expect(try resolved("model: neural-scene").model == Presets.neuralScene)
        #expect(try resolved("", preset: "neural-scene").model == Presets.neuralScene)
        let it = try resolved(
            "model:\n  schedule: {cosine: {warmUp: 7}}\n  optimizer: {adam: {beta2: 0.98}}\n  clipNorm: null\n")
        #expect(it.model.schedule == .cosine(.init(warmUp: 7)) && it.model.clipNorm == nil)
        #expect(it.model.optimizer == .adam(.init(beta2: 0.98)) && it.numberedRuns == "runs/small")
    }

    /// A key omitted from an alternative keeps the base's value if the base has the same alternative, and else the
    /// default.
    @Test func anAlternativeIsChangedInPartOrReplacedAsAWhole() throws {
        let scene = try resolved("model: {name: neural-scene, optimizer: {adam: {beta2: 0.98}}, clipValue: 10}").model
        #expect(scene.optimizer == .adam(.init(beta2: 0.98, form: .tensorFlow)) && scene.clipValue == 10)
        let other = try resolved(
            "accumulate: 3\nrecompute: true\nconvolution: im2col\nreducePrecision: bf16\n"
                + "model: {optimizer: {sgd: {momentum: 0.9}}, schedule: {plateau: {patience: 4}}, "
                + "loss: {error: absolute}, earlyStopping: {patience: 20}}")
        #expect(other.model.optimizer == .sgd(.init(momentum: 0.9)))
        #expect(other.accumulate == 3 && other.recompute && other.convolution == .im2col)
        #expect(other.reducePrecision == .bf16)
        #expect(TrainingConfiguration(model: scene).convolution == .automatic)
        #expect(other.model.schedule == .plateau(.init(patience: 4)) && other.model.earlyStopping?.patience == 20)
        #expect(other.model.loss == Loss(error: .absolute) && other.model.clipNorm == 1)
        #expect(try TrainingConfiguration(yaml: other.yaml, file: "printed") == other)
    }

    @Test(arguments: Presets.all.map(\.name)) func whatIsPrintedIsReadBackUnchanged(preset: String) throws {
        let it = try resolved("steps: 12", preset: preset) {
            $0.model.learningRate = 1.0 / 3
            $0.resume = .from(path: "a: b")
            $0.maxTime = TimeLimit("12:00:00")
            $0.sampling = .shard
            $0.data = "x.shards"
        }
        #expect(try TrainingConfiguration(yaml: it.yaml, file: "printed") == it)
        #expect(it.steps == 12 && it.epochs == nil)
    }

    @Test(arguments: [
        ("batch_size: 3", "line 2: there is no key batch_size; the keys there are: model, data, "),
        ("model:\n  batch_size: 3", "line 3: there is no key model.batch_size; did you mean model.batchSize?"),
        ("step: 3", "did you mean steps?"),
        (
            "model:\n  optimizer: {adam: {beta3: 0.9}}",
            "no key model.optimizer.adam.beta3; did you mean model.optimizer.adam.beta1?"
        ),
        (
            "model:\n  optimizer: {beta1: 0.9}",
            "there is no key model.optimizer.beta1; the keys there are: adam, adamW, "
        ),
        (
            "model:\n  schedule: {linear: {}}",
            "there is no key model.schedule.linear; the keys there are: constant, stepDecay, cosine, oneCycle, plateau"
        ),
        ("model:\n  loss: meanSquaredError", "model.loss has a value of the wrong kind"),
        (
            "model:\n  loss: {error: squares}",
            "model.loss.error is squares; did you mean squared? choose one of: squared, absolute, crossEntropy"
        ),
        ("model:\n  earlyStopping: {patience: 0}", "model.earlyStopping.patience is 0 and must be from 1"),
        ("model:\n  clipValue: 0", "model.clipValue is 0.0 and must be a positive number"),
        (
            "accumulate: 2\nmodel: {name: own, network: {readout: [{name: norm, batchNormalization: {}}]}}",
            "model own normalizes over the whole batch, which it would not be in 2 parts"
        ),
        ("convolution: plane", "convolution is plane; choose one of: automatic, im2col, winograd"),
        ("maxTime: 2", "maxTime has an impossible value (2 is not a time such as 90s, 30m, 2h"),
        ("sampling: shards", "sampling is shards; did you mean shard? choose one of: global, shard"),
        ("sampling: shard", "sampling is shard, and generated data has no shards"),
        ("accumulate: 0", "accumulate is 0 and must be from 1"),
        (
            "model:\n  schedule: {oneCycle: {pctStart: 1}}",
            "model.schedule.oneCycle.pctStart is 1.0 and must be between 0 and 1"
        ),
        (
            "model:\n  schedule: {stepDecay: {factor: 0.5, every: 0}}",
            "model.schedule.stepDecay.every is 0.0 and must be at least 1"
        ),
        (
            "model:\n  optimizer: {sgd: {weightDecay: -1}}",
            "model.optimizer.sgd.weightDecay is -1.0 and must be 0 or more"
        ),
        ("model:\n  schedule: {cosine: {warmUp: 7, wramUp: 8}}", "did you mean model.schedule.cosine.warmUp?"),
        ("model: smal", "there is no model smal; did you mean small?"),
        ("model: {name: smal}", "there is no model smal"),
        ("seed: -1", "seed"),
        ("steps: many", "steps has a value of the wrong kind; it must be a whole number"),
        ("steps: 0", "steps is 0 and must be"),
        ("steps: 1\nepochs: 1", "leave one of the two out"),
        ("model:\n  optimizer: {adam: {beta1: 1}}", "model.optimizer.adam.beta1 is 1.0 and must be in [0, 1)"),
        ("- a list", "is not YAML"),
        ("x: [", "is not YAML"),
    ])
    func aWrongFileIsRefusedInOneSentence(yaml: String, sentence: String) throws {
        let error = try #require(throws: (any Error).self) { try resolved(yaml) }
        #expect("\(error)".contains(sentence), "\(error)")
        #expect(!"\(error)".contains("\n"))
    }

    /// A key that is null in a preset may be set in a configuration file.
    @Test func keysThatAreNotSetAreKnown() throws {
        let it = try resolved("steps: 3\nmodel: {name: neural-scene, clipNorm: 2, sequences: {forecastOffset: 1}}")
        #expect(it.model.clipNorm == 2 && it.model.sequences.forecastOffset == 1 && it.model.sequences.maxValue == 255)
        #expect(try resolved("model: neural-scene").yaml.contains("  clipNorm: null\n"))
        #expect(try resolved("model: neural-scene").yaml.contains("epochs: 10\nsteps: null\n"))
        let wrong = try #require(throws: TrainingError.self) { try resolved("model: {sequences: {forecastOfset: 1}}") }
        #expect("\(wrong)".contains("c.yaml, line 2: there is no key model.sequences.forecastOfset; did"), "\(wrong)")
    }

    /// Batch statistics are over all time steps, which is impossible where a step waits for the output of another.
    @Test(arguments: [
        ("forecasterInput: previousFrame, ", "", true),
        ("forecasterInput: previousFrame, ", "sampling: teacherForcing, ", false),
        ("forecasterInput: lastHidden, ", "sampling: teacherForcing, ", false),
        (
            "forecasterInput: lastHidden, forecaster: [{name: n, batchNormalization: {}}], ",
            "sampling: teacherForcing, ", true
        ),
        ("forecaster: [], ", "", false), ("forecaster: [], ", "sequences: {outputFrames: 12}, ", true),
        ("forecaster: [], ", "sampling: teacherForcing, sequences: {outputFrames: 12}, ", false),
        ("", "", false),
    ])
    func normalizationWaitsForNothing(network: String, keys: String, isRefused: Bool) throws {
        let yaml = "model: {\(keys)network: {\(network)readout: [{name: norm, batchNormalization: {}}]}}"
        do {
            _ = try resolved(yaml)
            #expect(!isRefused)
        } catch let error as TrainingError {
            #expect(isRefused && "\(error)".contains("or set sampling to teacherForcing"), "\(error)")
        }
    }
}

@Suite struct GeneratorConfigurationTests {
    @Test func whatIsLeftOutOfAGeneratorIsStandard() throws {
        let squares = try resolved(
            "model: {sequences: {generator: {kind: {movingSquares: {}}, size: 40, fresh: true}}}")
        #expect(
            squares.model.sequences.generator
                == GeneratorDescription(kind: .movingSquares(.init(view: .noisy)), size: 40, fresh: true))
        let digits = try resolved(
            "model: {sequences: {order: slidingWindow, reversedInput: true, generator: {kind: "
                + "{movingMNIST: {motion: tencia-lee, digits: 3}}, training: 9}}}")
        #expect(
            digits.model.sequences
                == SequenceDescription(
                    inputFrames: 10, outputFrames: 10, order: .slidingWindow, reversedInput: true,
                    generator: .init(kind: .movingMNIST(.init(digits: 3, motion: .tenciaLee)), training: 9)))
        #expect(try TrainingConfiguration(yaml: digits.yaml, file: "printed") == digits)
    }

    @Test(arguments: [
        ("model: {sequences: {generator: {kind: {movingCircles: {}}}}}", "movingMNIST, movingSquares"),
        ("model: {sequences: {generator: {framse: 3}}}", "did you mean model.sequences.generator.frames?"),
        ("model: {sequences: {order: random}}", "model.sequences.order"),
        ("digits: d\nmodel: {sequences: {generator: {kind: {movingSquares: {}}}}}", "leave --digits out"),
    ])
    func wrongGeneratorsAreRefused(yaml: String, phrase: String) {
        let error = #expect(throws: (any Error).self) { try resolved(yaml) }
        #expect(error.map { "\($0)" }?.contains(phrase) == true, "\(String(describing: error))")
    }

    @Test func digitsAreForGeneratedData() throws {
        #expect(try resolved("digits: d").digits == "d")
        let error = #expect(throws: TrainingError.self) { try resolved("digits: d") { $0.data = "x.shards" } }
        #expect(error?.description.contains("digits is d, which is for generated data, and data is x.shards") == true)
    }
}
