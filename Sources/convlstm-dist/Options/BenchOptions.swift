// The options that the benchmarks share: the model and the convolution algorithm, and the load of each rank.

import Diagnostics
import Configuration
import ArgumentParser
import CommandSupport
import Model

extension ConvolutionAlgorithm: ExpressibleByArgument {}
extension ReducePrecision: ExpressibleByArgument {}

struct BenchModelOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp("A preset, or a .yaml file that describes a system.", valueName: "name|file"),
        completion: .model)
    var model: String

    @Option(help: ArgumentHelp("Convolution algorithm, as for train.", valueName: "algorithm"))
    var convolution = ConvolutionAlgorithm.automatic

    /// Throws an error naming the presets if there is no such model.
    func system() throws -> SystemDescription { try SystemDescription.named(model) }
}

struct BenchLoadOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Sequences per rank (default: the model's batch size).", valueName: "n"))
    var batch: Int?

    @Option(parsing: .unconditional, help: ArgumentHelp("Steps, or forecasts, to time.", valueName: "n"))
    var steps = 5

    @Option(parsing: .unconditional, help: ArgumentHelp("Threads per rank.", valueName: "n"))
    var threads = 1

    func validate() throws {
        if let batch { try OptionCheck.require(batch, in: 1...100_000, "--batch") }
        try OptionCheck.require(steps, in: 1...100_000, "--steps")
        try OptionCheck.require(threads, in: 1...1024, "--threads")
    }
}

struct BenchStepOptions: ParsableArguments {
    @OptionGroup var load: BenchLoadOptions

    @Option(
        help: ArgumentHelp("Precision of the gradient all-reduce, as for train.", valueName: "precision")
    )
    var reducePrecision = ReducePrecision.float32

    func benchmark(of options: BenchModelOptions, recompute: Bool = false) throws -> StepBenchmark {
        let system = try options.system()
        return StepBenchmark(
            system, batch: load.batch ?? system.batchSize, steps: load.steps, threads: load.threads,
            convolution: options.convolution, recompute: recompute, reducePrecision: reducePrecision)
    }
}
