// `convlstm-dist bench step`: the time of a training step on noise. The choice: --json prints the same fields as
// the PyTorch counterpart, Benchmarks/Scripts/pytorch_peer.py, so that one reader compares both.

import Distribution
import Model
import Configuration
import Supervision
import Diagnostics
import ArgumentParser
import CommandSupport
import Collectives
import Foundation
import Platform
import Reports

struct BenchStepCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "step",
        abstract: "Times whole training steps on noise: forward, backward, sum over the ranks, update.",
        discussion: """
            One step more than asked for is made first, untimed. Nothing is read or written but memory. Under mpirun \
            every rank has a batch of its own, and each time is the slowest rank's.

            Example: convlstm-dist bench step neural-scene --batch 8 --steps 10
            """)

    @OptionGroup var model: BenchModelOptions
    @OptionGroup var step: BenchStepOptions

    @Flag(help: "Recompute the gates in the backward pass, as for train.")
    var recompute = false

    @Flag(help: "Print one line of JSON instead of a table.")
    var json = false

    func run() throws {
        try runOnEveryRank(exitCode: processExitCode(of:)) { communicator in
            let benchmark = try communicator.shared { try step.benchmark(of: model, recompute: recompute) }
            let measurement = try benchmark.measure(on: communicator)
            guard communicator.rank == 0 else { return }
            if json { try printJSON(StepResults(measurement), onOneLine: true) } else { show(measurement) }
        }
    }

    private func show(_ measured: StepMeasurement) {
        let it = measured.benchmark, results = StepResults(measured)
        StandardOutput.print(
            "\(it.model.name), \(it.convolution.rawValue): \(counted(measured.ranks, "rank")) of "
                + "\(counted(it.threads, "thread")), \(counted(it.batch, "sequence")) per rank, "
                + "\(counted(it.steps, "step")) timed\n")
        var table = Table(["phase", "seconds", "share"])
        for (phase, seconds) in measured.phases { add("\(phase)", seconds) }
        add("step", measured.median)
        StandardOutput.print(table)
        StandardOutput.print(
            "\(results.sequencesPerS) sequences/s, \(results.gflops) GFLOP/s counted as direct convolution, "
                + "loss \(String(format: "%.6g", measured.loss))")
        StandardOutput.print("shortest step \(results.minStepS) s; peak memory per rank \(results.peakRssMb) MB")

        func add(_ name: String, _ seconds: Double) {
            let share = String(format: "%.1f %%", 100 * seconds / measured.median)
            table.add([name, String(format: "%.4f", seconds), share])
        }
    }
}

/// The output of `bench step --json`, in snake case: the fields of Benchmarks/Scripts/pytorch_peer.py, and some
/// more.
struct StepResults: Encodable {
    let preset, variant: String
    let parameters, ranks, threads, batchPerRank: Int

    /// Median times in seconds, and the minimum of the step.
    let stepS, minStepS, loadS, forwardS, backwardS, reduceS, updateS: Double

    let sequencesPerS: Double

    /// The speed of all ranks, counted as direct convolution (`StepMeasurement.directOperations`).
    let gflops: Double

    let loss: Double

    /// The peak memory of the largest rank in units of 2^20 bytes.
    let peakRssMb: Int

    init(_ it: StepMeasurement) {
        func median(_ phase: PhaseTimes.Phase) -> Double { it.phases[phase.rawValue].seconds.rounded(decimals: 6) }
        preset = it.benchmark.model.name
        variant = it.benchmark.convolution.rawValue + (it.benchmark.recompute ? ", recompute" : "")
        (parameters, ranks, threads) = (it.parameters, it.ranks, it.benchmark.threads)
        batchPerRank = it.benchmark.batch
        (stepS, minStepS) = (it.median.rounded(decimals: 6), it.minimum.rounded(decimals: 6))
        (loadS, forwardS, backwardS) = (median(.load), median(.forward), median(.backward))
        (reduceS, updateS) = (median(.reduce), median(.update))
        sequencesPerS = it.sequencesPerSecond.rounded(decimals: 3)
        gflops = (it.directOperations / it.median / 1e9).rounded(decimals: 1)
        loss = it.loss
        peakRssMb = it.peakMemory >> 20
    }
}
