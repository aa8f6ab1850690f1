// How `train` divides and computes a batch: ranks, threads, memory, kernels.

import ArgumentParser
import CommandSupport
import Configuration
import Model
import Platform

extension SamplingScope: ExpressibleByArgument {}

/// How a batch is divided among ranks and threads, and computed.
struct ParallelOptions: ParsableArguments {
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
        help: ArgumentHelp(
            "From which sequences a rank draws: global, from all; or shard, from those of its own shards, the only ones "
                + "that it then needs on its disk (default: global).", valueName: "scope"))
    var sampling: SamplingScope?

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
            "Convolution algorithm: automatic, the faster one for each layer; im2col, matrix products "
                + "everywhere; or winograd, wherever the kernel allows it (default: automatic).",
            valueName: "algorithm"))
    var convolution: ConvolutionAlgorithm?

    @Option(
        help: ArgumentHelp(
            "Precision of the gradient all-reduce: float32, or bf16, which takes half of the time where the network is slow "
                + "(default: float32).", valueName: "precision"))
    var reducePrecision: ReducePrecision?

    /// Those that change the configuration.
    var settings: [Setting] {
        [
            Setting("--threads", threads.flatMap(ThreadCount.init), to: \.threads),
            Setting("--virtual-ranks", virtualRanks, to: \.virtualRanks),
            Setting(sampling, to: \.sampling),
            Setting("--accumulate", accumulate, to: \.accumulate),
            Setting(recompute ? true : nil, to: \.recompute),
            Setting(convolution, to: \.convolution),
            Setting(reducePrecision, to: \.reducePrecision),
        ]
    }

    func validate() throws {
        for setting in settings { try setting.check() }
        if let threads, ThreadCount(threads) == nil {
            let limits = TrainingConfiguration.Limits.threads
            throw ValidationError(
                "--threads is \(threads.quotable()); give a number from \(limits.lowerBound) to \(limits.upperBound), or "
                    + ThreadCount.word)
        }
    }
}
