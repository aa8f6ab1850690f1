// `convlstm-dist bench scaling`: what more ranks bring, measured here and predicted for networks. The choice: a job
// measures all numbers of ranks up to its own, so that a person starts it once.

import ArgumentParser
import Collectives
import Foundation
import Model
import Reports
import Trainer

struct BenchScalingCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scaling",
        abstract: "Measures training steps on 1, 2, 4, ... ranks and the sums over them, and predicts larger jobs.",
        discussion: """
            mpirun -np N measures N ranks and the powers of two below; ranks that have no part sleep. Predictions are \
            for one rank a host with a batch each, from one rank's step and the cost of an all-reduce by the model in \
            Docs/Performance.md.
            """)

    @Argument(help: ArgumentHelp("A preset, or a .yaml file that describes a system.", valueName: "name|file"))
    var model: String

    @Option(help: ArgumentHelp(
        "Sequences of each rank, and of all ranks where they share a batch (default: the model's batch size).",
        valueName: "n"))
    var batch: Int?

    @Option(help: ArgumentHelp("Steps to time for each number of ranks.", valueName: "n"))
    var steps = 5

    @Option(help: ArgumentHelp("Threads of each rank.", valueName: "n"))
    var threads = 1

    @Option(help: ArgumentHelp("How gates are convolved, as for train.", valueName: "way"))
    var convolution = ConvolutionMethod.automatic

    @Option(help: ArgumentHelp("In how many bits ranks send numbers of the gradient, as for train.", valueName: "precision"))
    var reducePrecision = ReducePrecision.float32

    @Option(help: ArgumentHelp(
        "Network to predict for, in Gbit/s; may be repeated (default: 10, 25 and 100).", valueName: "x"))
    var gbit: [Double] = []

    @Option(help: ArgumentHelp("Microseconds that a message takes over it at least.", valueName: "x"))
    var latency = 30.0

    @Flag(help: "Print one line of JSON instead of tables.")
    var json = false

    func validate() throws {
        if let batch { try requireNumber(batch, in: 1...100_000, "--batch") }
        try requireNumber(steps, in: 1...100_000, "--steps")
        try requireNumber(threads, in: 1...1024, "--threads")
        for gbit in gbit { try requireAmount(gbit, in: 0.001...100_000, "--gbit") }
        try requireAmount(latency, in: 0...1_000_000, "--latency")
    }

    private func requireAmount(_ value: Double, in range: ClosedRange<Double>, _ option: String) throws {
        guard range.contains(value) else {
            throw ValidationError("\(option) is \(value); give a number from \(range.lowerBound) to \(range.upperBound)")
        }
    }

    func run() throws {
        try runOnEveryRank(exitCode: processExitCode(of:)) { communicator in
            let benchmark = try communicator.shared {
                let system = try SystemDescription.named(model)
                let step = StepBenchmark(
                    system, batch: batch ?? system.batchSize, steps: steps, threads: threads, convolution: convolution,
                    reducePrecision: reducePrecision)
                return ScalingBenchmark(step, latency: 1e-6 * latency, gigabits: gbit.isEmpty ? [10, 25, 100] : gbit)
            }
            guard let measured = try benchmark.measure(on: communicator) else { return }
            if json { try printJSON(ScalingFigures(measured), onOneLine: true) } else { ScalingReport(measured).show() }
        }
    }
}
