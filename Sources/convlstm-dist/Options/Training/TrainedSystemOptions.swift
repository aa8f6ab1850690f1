// What `train` trains, on which data, from which start.

import ArgumentParser
import CommandSupport
import Configuration
import Platform

/// The network, the data, and how long it learns from them.
struct TrainedSystemOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A folder made by convlstm-shard split, or \"generated\" for the synthetic sequences of the model's generator (default: the "
                + "only *.shards folder here, else generated).", valueName: "folder"), completion: .directory)
    var data: String?

    @Option(
        help: ArgumentHelp(
            "Images of digits to move in generated data, such as train-images-idx3-ubyte.gz (default: drawn ones).",
            valueName: "file"), completion: .file())
    var digits: String?

    @Option(
        help: ArgumentHelp(
            "The preset to train, or a .yaml file that describes a system (default: that of the checkpoint that --resume or "
                + "--weights names, else small).", valueName: "name|file"), completion: .model)
    var model: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Global batch size: sequences per step over all ranks.", valueName: "n"))
    var batchSize: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Passes over the training sequences (default: \(TrainingConfiguration.defaultEpochs)).", valueName: "n"))
    var epochs: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Steps (parameter updates) to train for, instead of --epochs.", valueName: "n"))
    var steps: Int?

    @Option(
        parsing: .unconditional, help: ArgumentHelp("The learning rate that the schedule starts from.", valueName: "x"))
    var learningRate: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Seed of the initial parameters and of the order of sequences (default: 1).", valueName: "n")
    )
    var seed: String?

    @Option(
        help: ArgumentHelp(
            "A checkpoint, or the folder of a run, whose weights a new run starts from, on any data: fine-tuning.",
            valueName: "path"), completion: .file())
    var weights: String?

    @Option(
        help: ArgumentHelp("A YAML file with any of the keys that --print-config shows.", valueName: "file"),
        completion: .file(extensions: ["yaml", "yml"]))
    var config: String?

    @Option(
        name: .customLong("set"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Any key that --print-config shows and its value, such as model.optimizer.adam.beta1=0.5 or "
                + "model.network.encoder[0].convLSTM.hidden=32; may be given several times.", valueName: "key=value"))
    var keys: [String] = []

    /// Those that change the configuration.
    var settings: [Setting] {
        let limits = TrainingConfiguration.Limits.self
        return [
            Setting("--data", data, to: \.data),
            Setting("--digits", digits, to: \.digits),
            Setting("--batch-size", batchSize, in: limits.batchSize) { $0.model.batchSize = $1 },
            Setting("--epochs", epochs, in: limits.steps) { ($0.epochs, $0.steps) = ($1, nil) },
            Setting("--steps", steps, in: limits.steps) { ($0.epochs, $0.steps) = (nil, $1) },
            Setting(learningRate, to: \.model.learningRate),
            Setting(seed.flatMap { UInt64($0) }, to: \.seed),
            Setting("--weights", weights, to: \.weights),
        ]
    }

    func validate() throws {
        for setting in settings { try setting.check() }
        if let learningRate, !(learningRate > 0 && learningRate.isFinite) {
            throw ValidationError("--learning-rate is \(learningRate); give a positive number")
        }
        if let seed, UInt64(seed) == nil {
            throw ValidationError("--seed is \(seed.quotable()); give a whole number from 0 to \(UInt64.max)")
        }
        try OptionCheck.requireNames([("--model", model), ("--config", config)])
    }
}
