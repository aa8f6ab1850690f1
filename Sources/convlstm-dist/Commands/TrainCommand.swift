// `convlstm-dist train`. The choice: an option is absent unless given, so that defaults live in the configuration
// alone.

import Supervision
import Configuration
import ArgumentParser
import CommandSupport
import Collectives
import Foundation
import Model
import Platform
import Trainer

extension NonFinitePolicy: ExpressibleByArgument {}
extension SamplingScope: ExpressibleByArgument {}

extension WatchLimit: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}

extension TimeLimit: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}

struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Trains a network, or goes on with a run.",
        discussion: """
            Values come from the model, then from the --config file, then from the options here. The run's folder \
            gets config.yaml, metrics.csv (one row a step), validation.csv, log.txt and checkpoints/.
            """)

    @Option(
        help: ArgumentHelp(
            "A folder made by convlstm-shard split, or \"generated\" for the synthetic sequences of the model's generator (default: the "
                + "only *.shards folder here, else generated).", valueName: "folder"))
    var data: String?

    @Option(
        help: ArgumentHelp(
            "Images of digits to move in generated data, such as train-images-idx3-ubyte.gz (default: drawn ones).",
            valueName: "file"))
    var digits: String?

    @Option(
        help: ArgumentHelp(
            "The preset to train, or a .yaml file that describes a system (default: that of the checkpoint that --resume "
                + "names, else small).", valueName: "name|file"))
    var model: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("Sequences of a step, of all ranks together.", valueName: "n"))
    var batchSize: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Passes over the training sequences (default: \(TrainingConfiguration.defaultEpochs)).", valueName: "n"))
    var epochs: Int?

    @Option(parsing: .unconditional, help: ArgumentHelp("Updates, instead of --epochs.", valueName: "n"))
    var steps: Int?

    @Option(
        help: ArgumentHelp(
            "Stop with a checkpoint and exit code 75 while there is time for it, to be run again: \(TimeLimit.forms).",
            valueName: "time"))
    var maxTime: TimeLimit?

    @Option(
        parsing: .unconditional, help: ArgumentHelp("The learning rate that the schedule starts from.", valueName: "x"))
    var learningRate: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Decides the initial parameters and the order of sequences (default: 1).", valueName: "n"))
    var seed: String?

    @Option(help: ArgumentHelp("The run's folder (default: runs/MODEL).", valueName: "folder"))
    var output: String?

    @Option(
        help: ArgumentHelp(
            "auto: go on from the newest checkpoint in the run's folder; never: start in a new folder; or a checkpoint "
                + "(default: auto).", valueName: "auto|never|file"))
    var resume: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("Steps between checkpoints (default: 200).", valueName: "n"))
    var checkpointEvery: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Checkpoints to keep, beside the best one (default: 3).", valueName: "n"))
    var keep: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Steps between measurements of the validation loss, the last step's aside; 0 for the end of each epoch "
                + "(default: 0).", valueName: "n"))
    var evaluateEvery: Int?

    @Option(
        help: ArgumentHelp(
            "From which sequences a rank draws: global, from all; or shard, from those of its own shards, the only ones "
                + "that it then needs on its disk (default: global).", valueName: "scope"))
    var sampling: SamplingScope?

    @Option(parsing: .unconditional, help: ArgumentHelp("Threads of each rank (default: 1).", valueName: "n"))
    var threads: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Parts of each batch whose sums keep their order, so that the result is the same bit for bit on any number of "
                + "ranks and threads that is not larger (default: a part for each thread, in any order).",
            valueName: "n"))
    var virtualRanks: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Parts in which each thread works through its sequences of a step, one after the other, to take less memory "
                + "(default: 1).", valueName: "n"))
    var accumulate: Int?

    @Flag(
        help: ArgumentHelp(
            "Compute gates again on the way back instead of keeping them: less than half of the memory, a third more time."
        ))
    var recompute = false

    @Option(
        help: ArgumentHelp(
            "How gates are convolved: automatic, the faster way for each layer; plain, by matrix products everywhere; or "
                + "filtering, by Winograd convolution wherever the kernel allows (default: automatic).",
            valueName: "algorithm"))
    var convolution: ConvolutionAlgorithm?

    @Option(
        help: ArgumentHelp(
            "In how many bits ranks send numbers of the gradient: float32, or bf16, which takes half of the time where the "
                + "network is slow (default: float32).", valueName: "precision"))
    var reducePrecision: ReducePrecision?

    @Option(
        name: .customLong("on-nan"),
        help: ArgumentHelp(
            "What to do about an update whose loss or gradient is not finite: abort, end before it; skip, leave it out; "
                + "or rollback, go on from the last checkpoint and leave it out if it comes again (default: abort).",
            valueName: "what"))
    var onNaN: NonFinitePolicy?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Steps between comparisons of the ranks' parameters and moments, bit for bit, beside those before each "
                + "checkpoint; 0 for none (default: 100).", valueName: "n"))
    var verifyReplicasEvery: Int?

    @Option(
        help: ArgumentHelp(
            "Seconds without progress after which a job is ended, naming the rank that is stuck; or off (default: 60, or 20 "
                + "times the slowest recent step if that is more).", valueName: "seconds|off"))
    var watchdog: WatchLimit?

    @Option(help: ArgumentHelp("A YAML file with any of the keys that --print-config shows.", valueName: "file"))
    var config: String?

    @Flag(help: "Print the complete configuration, which --config takes back, and do nothing else.")
    var printConfig = false

    func validate() throws {
        let limits = TrainingConfiguration.Limits.self
        let numbers: [(String, Int?, ClosedRange<Int>)] = [
            ("--batch-size", batchSize, limits.batchSize), ("--epochs", epochs, limits.steps),
            ("--steps", steps, limits.steps),
            ("--checkpoint-every", checkpointEvery, limits.steps), ("--keep", keep, limits.steps),
            ("--evaluate-every", evaluateEvery, limits.interval), ("--threads", threads, limits.threads),
            ("--virtual-ranks", virtualRanks, limits.virtualRanks), ("--accumulate", accumulate, limits.batchSize),
            ("--verify-replicas-every", verifyReplicasEvery, limits.interval),
        ]
        for (option, number, range) in numbers { if let number { try OptionCheck.require(number, in: range, option) } }
        if let learningRate, !(learningRate > 0 && learningRate.isFinite) {
            throw ValidationError("--learning-rate is \(learningRate); give a positive number")
        }
        if let seed, UInt64(seed) == nil {
            throw ValidationError("--seed is \(seed.quotable()); give a whole number from 0 to \(UInt64.max)")
        }
        try OptionCheck.requireNames([
            ("--data", data), ("--digits", digits), ("--model", model), ("--output", output), ("--resume", resume),
            ("--config", config),
        ])
    }

    func run() throws {
        if printConfig {
            let yaml = try resolved().yaml
            return OneProcess.speak { StandardOutput.print(yaml, terminator: "") }
        }
        let start = now()
        StopSignal.listen(to: StopSignal.announcing)
        let isAskedToEnd = { StopSignal.number.map(StopSignal.ending.contains) ?? false }
        let stopped = try runOnEveryRank(exitCode: processExitCode(of:), isAskedToEnd: isAskedToEnd) { communicator in
            try TrainingRun.train(on: communicator, since: start, resolved)
        }
        // The run has said why.
        if let stopped { throw ExitCode(stopped.reason.exitCode) }
    }

    private func resolved() throws -> TrainingConfiguration {
        guard steps == nil || epochs == nil else {
            throw TrainingError.usage("--steps and --epochs both say how long to train; leave one of the two out")
        }
        return try TrainingConfiguration.resolved(model: model, file: config, options: apply)
    }

    private func apply(to configuration: inout TrainingConfiguration) {
        func set<Value>(_ value: Value?, _ path: WritableKeyPath<TrainingConfiguration, Value>) {
            if let value { configuration[keyPath: path] = value }
        }
        if steps != nil || epochs != nil { (configuration.steps, configuration.epochs) = (steps, epochs) }
        if let data { configuration.data = data }
        if let digits { configuration.digits = digits }
        set(batchSize, \.model.batchSize)
        set(learningRate, \.model.learningRate)
        if let maxTime { configuration.maxTime = maxTime }
        set(seed.flatMap { UInt64($0) }, \.seed)
        set(output, \.output)
        set(resume.map(Resume.init), \.resume)
        set(checkpointEvery, \.checkpointEvery)
        set(keep, \.keep)
        set(evaluateEvery, \.evaluateEvery)
        set(sampling, \.sampling)
        set(threads, \.threads)
        if let virtualRanks { configuration.virtualRanks = virtualRanks }
        set(accumulate, \.accumulate)
        if recompute { configuration.recompute = true }
        set(convolution, \.convolution)
        set(reducePrecision, \.reducePrecision)
        set(onNaN, \.onNaN)
        set(verifyReplicasEvery, \.verifyReplicasEvery)
        set(watchdog, \.watchdog)
    }
}
