// `convlstm-dist bench scaling`: the speedup by more ranks, measured here and predicted for networks. The choice:
// a job measures all numbers of ranks up to its own, so that a person starts it once.

import Distribution
import Diagnostics
import ArgumentParser
import CommandSupport
import Collectives
import Foundation

struct BenchScalingCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scaling",
        abstract: "Measures training steps on 1, 2, 4, ... ranks and the sums over them, and predicts larger jobs.",
        discussion: """
            mpirun -np N measures N ranks and the powers of two below, with a batch for each rank and with one that they \
            share; ranks that have no part sleep. Predictions are \
            for one rank a host with a batch each, from one rank's step and the cost of an all-reduce by the model in \
            Docs/Performance.md.

            Example: mpirun -np 8 convlstm-dist bench scaling small
            """)

    @OptionGroup var model: BenchModelOptions
    @OptionGroup var step: BenchStepOptions

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Network to predict for, in Gbit/s; may be repeated (default: 10, 25 and 100).", valueName: "x"))
    var gbit: [Double] = []

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Microseconds that a message takes over it at least.", valueName: "x"))
    var latency = 30.0

    @Flag(help: "Print one line of JSON instead of tables.")
    var json = false

    func validate() throws {
        for gbit in gbit { try requireAmount(gbit, in: 0.001...100_000, "--gbit") }
        try requireAmount(latency, in: 0...1_000_000, "--latency")
    }

    private func requireAmount(_ value: Double, in range: ClosedRange<Double>, _ option: String) throws {
        guard range.contains(value) else {
            throw ValidationError(
                "\(option) is \(value); give a number from \(range.lowerBound) to \(range.upperBound)")
        }
    }

    func run() throws {
        try runOnEveryRank(exitCode: processExitCode(of:)) { communicator in
            let benchmark = try communicator.shared {
                let gigabits = gbit.isEmpty ? [10, 25, 100] : gbit
                return ScalingBenchmark(try step.benchmark(of: model), latency: 1e-6 * latency, gigabits: gigabits)
            }
            guard let measured = try benchmark.measure(on: communicator) else { return }
            if json { try printJSON(ScalingResults(measured), onOneLine: true) } else { ScalingReport(measured).show() }
        }
    }
}
