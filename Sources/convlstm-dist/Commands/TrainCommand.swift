// `convlstm-dist train`. The choice: an option is absent unless given, so that only the configuration has
// defaults.

import Supervision
import Configuration
import ArgumentParser
import CommandSupport
import Collectives
import Foundation
import Kernels
import Model
import Platform
import Reports
import RunReports
import Trainer
import Version

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
            Values come from the model, then from the --config file, then from the options here, and from --set. The run's folder \
            gets config.yaml, metrics.csv (one row per step), validation.csv, log.txt and checkpoints/.
            """)

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
        help: ArgumentHelp(
            "Stop with a checkpoint and exit code 75 while there is time for it, to be run again: \(TimeLimit.forms).",
            valueName: "time"))
    var maxTime: TimeLimit?

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
            "The run's folder (default: that of the newest unfinished run of the same configuration, or else a new one, runs/MODEL/1, "
                + "2, ...).", valueName: "folder"), completion: .directory)
    var output: String?

    @Option(help: ArgumentHelp("A name for the run, in place of a number: runs/MODEL/NAME.", valueName: "name"))
    var name: String?

    @Option(
        help: ArgumentHelp(
            "auto: go on from the newest checkpoint in the run's folder; never: start in a new folder; the folder of a run: go on "
                + "in it, as it was configured; or a checkpoint to go on from (default: auto).",
            valueName: "auto|never|path"),
        completion: .file())
    var resume: String?

    @Option(
        help: ArgumentHelp(
            "A checkpoint, or the folder of a run, whose weights a new run starts from, on any data: fine-tuning.",
            valueName: "path"), completion: .file())
    var weights: String?

    @Flag(help: "Go on with a run even where the configuration was changed so that its result changes.")
    var force = false

    @Option(parsing: .unconditional, help: ArgumentHelp("Steps between checkpoints (default: 200).", valueName: "n"))
    var checkpointEvery: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Checkpoints to keep, beside the best one (default: 3).", valueName: "n"))
    var keep: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Keep the checkpoints of steps that are multiples of this number for good; 0 for none (default: 0).",
            valueName: "n"))
    var keepEvery: Int?

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

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Threads of each rank; or automatic, one for each physical core that is the rank's own (default: those of the "
                + "run that goes on, else automatic).", valueName: "n"), completion: .list([ThreadCount.word]))
    var threads: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Virtual ranks: the result is that of so many ranks, bit for bit, on any number of ranks and threads up to that "
                + "(default: one per thread, without that promise).",
            valueName: "n"))
    var virtualRanks: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Gradient accumulation: micro-batches that each thread makes of its sequences, to take less memory (default: 1).",
            valueName: "n"))
    var accumulate: Int?

    @Flag(
        help: ArgumentHelp(
            "Activation checkpointing: recompute the gates in the backward pass, for 19 to 42 % less memory and 23 to 30 % "
                + "more time."
        ))
    var recompute = false

    @Option(
        help: ArgumentHelp(
            "Convolution algorithm of the gates: automatic, the faster one for each layer; im2col, matrix products "
                + "everywhere; or winograd, wherever the kernel allows it (default: automatic).",
            valueName: "algorithm"))
    var convolution: ConvolutionAlgorithm?

    @Option(
        help: ArgumentHelp(
            "Precision of the gradient all-reduce: float32, or bf16, which takes half of the time where the network is slow "
                + "(default: float32).", valueName: "precision"))
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
            "Steps between bitwise comparisons of all ranks' parameters and optimizer state, beside those before each "
                + "checkpoint; 0 for none (default: 100).", valueName: "n"))
    var verifyReplicasEvery: Int?

    @Option(
        help: ArgumentHelp(
            "Seconds without progress after which a job is ended, naming the rank that is stuck; or off (default: 60, or 20 "
                + "times the slowest recent step if that is more).", valueName: "seconds|off"),
        completion: .list(["automatic", "off"]))
    var watchdog: WatchLimit?

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

    @Flag(help: "Tell only of warnings and errors; log.txt has the rest.")
    var quiet = false

    @Flag(help: "Tell of each step: loss, learning rate, gradient norm, and the time of each phase.")
    var verbose = false

    @Flag(help: "Print the complete configuration, which --config takes back, and do nothing else.")
    var printConfig = false

    /// Every option that changes the configuration.
    private var settings: [Setting] {
        let limits = TrainingConfiguration.Limits.self
        return [
            Setting("--data", data, to: \.data),
            Setting("--digits", digits, to: \.digits),
            Setting("--batch-size", batchSize, in: limits.batchSize) { $0.model.batchSize = $1 },
            Setting("--epochs", epochs, in: limits.steps) { ($0.epochs, $0.steps) = ($1, nil) },
            Setting("--steps", steps, in: limits.steps) { ($0.epochs, $0.steps) = (nil, $1) },
            Setting(maxTime, to: \.maxTime),
            Setting(learningRate, to: \.model.learningRate),
            Setting(seed.flatMap { UInt64($0) }, to: \.seed),
            Setting("--output", output, to: \.output),
            Setting(name) { $0.output = "\($0.numberedRuns)/\($1)" },
            Setting(resume.map(Resume.init), to: \.resume),
            Setting("--weights", weights, to: \.weights),
            Setting("--checkpoint-every", checkpointEvery, to: \.checkpointEvery),
            Setting("--keep", keep, to: \.keep),
            Setting("--keep-every", keepEvery, to: \.keepEvery),
            Setting("--evaluate-every", evaluateEvery, to: \.evaluateEvery),
            Setting(sampling, to: \.sampling),
            Setting("--threads", threads.flatMap(ThreadCount.init), to: \.threads),
            Setting("--virtual-ranks", virtualRanks, to: \.virtualRanks),
            Setting("--accumulate", accumulate, to: \.accumulate),
            Setting(recompute ? true : nil, to: \.recompute),
            Setting(convolution, to: \.convolution),
            Setting(reducePrecision, to: \.reducePrecision),
            Setting(onNaN, to: \.onNaN),
            Setting("--verify-replicas-every", verifyReplicasEvery, to: \.verifyReplicasEvery),
            Setting(watchdog, to: \.watchdog),
        ]
    }

    func validate() throws {
        for setting in settings { try setting.check() }
        if let name {
            if output != nil {
                throw ValidationError("--name and --output both say where the run goes; leave one of the two out")
            }
            guard name.allSatisfy({ $0.isLetter || $0.isNumber || "-_.".contains($0) }),
                name.contains(where: \.isLetter)
            else {
                throw ValidationError(
                    "--name is \(name.quotable()); give letters, digits, -, _ and ., and at least one letter, since numbers are given "
                        + "to runs without a name")
            }
        }
        if quiet && verbose {
            throw ValidationError("--quiet and --verbose say the opposite; leave one of the two out")
        }
        if let learningRate, !(learningRate > 0 && learningRate.isFinite) {
            throw ValidationError("--learning-rate is \(learningRate); give a positive number")
        }
        if let seed, UInt64(seed) == nil {
            throw ValidationError("--seed is \(seed.quotable()); give a whole number from 0 to \(UInt64.max)")
        }
        if let threads, ThreadCount(threads) == nil {
            let limits = TrainingConfiguration.Limits.threads
            throw ValidationError(
                "--threads is \(threads.quotable()); give a number from \(limits.lowerBound) to \(limits.upperBound), or "
                    + ThreadCount.word)
        }
        try OptionCheck.requireNames([("--model", model), ("--resume", resume), ("--config", config)])
    }

    func run() throws {
        if printConfig {
            let yaml = try resolved().yaml
            return OneProcess.speak { StandardOutput.print(yaml, terminator: "") }
        }
        let start = now()
        StopSignal.listen(to: StopSignal.announcing)
        let stopped = try runOnEveryRank(
            exitCode: processExitCode(of:), isAskedToEnd: { StopSignal.isAskedToEnd }
        ) { communicator in
            try TrainingRun.train(
                on: communicator, since: start, sources: Version.sources,
                program: ProgramVersion.line, force: force,
                verbosity: quiet ? .quiet : verbose ? .verbose : .normal, report: Self.report, resolved)
        }
        // The run has already reported why.
        if let stopped { throw ExitCode(stopped.reason.exitCode) }
    }

    /// Writes report.html into a run's folder.
    private static func report(on run: String, isFinal: Bool) throws {
        try RunReport(of: run, isEnding: isFinal, on: ThreadPool(1)).write(to: "\(run)/\(RunReport.fileName)")
    }

    private func resolved() throws -> TrainingConfiguration {
        guard steps == nil || epochs == nil else {
            throw TrainingError.usage("--steps and --epochs both say how long to train; leave one of the two out")
        }
        return try TrainingConfiguration.resolved(
            model: model, file: config, options: apply, keys: keys.map(KeyAssignment.init))
    }

    private func apply(to configuration: inout TrainingConfiguration) {
        for setting in settings { setting.apply(&configuration) }
    }
}
