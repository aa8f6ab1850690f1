// `convlstm-dist bench forecast`: the time and the memory of forecasts of noise. The choice: --json has the names of
// `bench step` for what is the same, so that one reader takes both.

import ArgumentParser
import Collectives
import CommandSupport
import Configuration
import Diagnostics
import Distribution
import Foundation
import Model
import Platform
import Reports

struct BenchForecastCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forecast",
        abstract: "Times forecasts of noise, as evaluate and predict make them.",
        discussion: """
            One forecast more than asked for is made first, untimed. Nothing is read or written but memory. Under mpirun \
            every rank has a batch of its own, and each time is the slowest rank's.

            Example: convlstm-dist bench forecast nowcast --batch 1 --threads 2
            """)

    @OptionGroup var model: BenchModelOptions
    @OptionGroup var load: BenchLoadOptions

    @Flag(help: "Print one line of JSON instead of words.")
    var json = false

    func run() throws {
        try runOnEveryRank(exitCode: processExitCode(of:)) { communicator in
            let benchmark = try communicator.shared {
                let system = try model.system()
                return ForecastBenchmark(
                    system, batch: load.batch ?? system.batchSize, steps: load.steps, threads: load.threads,
                    convolution: model.convolution)
            }
            let measurement = try benchmark.measure(on: communicator)
            guard communicator.rank == 0 else { return }
            if json { try printJSON(ForecastResults(measurement), onOneLine: true) } else { show(measurement) }
        }
    }

    private func show(_ measured: ForecastMeasurement) {
        let it = measured.benchmark, results = ForecastResults(measured)
        StandardOutput.print(
            "\(it.model.name), \(it.convolution.rawValue): \(counted(measured.ranks, "rank")) of "
                + "\(counted(it.threads, "thread")), \(counted(it.batch, "sequence")) per rank, "
                + "\(counted(measured.frames, "frame")) forecast of each, \(counted(it.steps, "forecast")) timed")
        StandardOutput.print(
            "median \(results.forecastS) s, shortest \(results.minForecastS) s: \(results.sequencesPerS) sequences/s, "
                + "\(results.gflops) GFLOP/s counted as direct convolution")
        StandardOutput.print(
            "mean of the forecasts \(String(format: "%.6g", measured.mean)); peak memory per rank \(results.peakRssMb) MB"
        )
    }
}

/// The output of `bench forecast --json`, in snake case.
private struct ForecastResults: Encodable {
    let preset, variant: String
    let parameters, ranks, threads, batchPerRank, frames: Int

    /// The median and the minimum time of a forecast of the batch in seconds.
    let forecastS, minForecastS: Double

    let sequencesPerS: Double

    /// The speed of all ranks, counted as direct convolution (`ForecastMeasurement.directOperations`).
    let gflops: Double

    /// The mean of all forecast values of rank 0.
    let mean: Double

    /// The peak memory of the largest rank in units of 2^20 bytes.
    let peakRssMb: Int

    init(_ it: ForecastMeasurement) {
        (preset, variant) = (it.benchmark.model.name, it.benchmark.convolution.rawValue)
        (parameters, ranks, threads) = (it.parameters, it.ranks, it.benchmark.threads)
        (batchPerRank, frames) = (it.benchmark.batch, it.frames)
        (forecastS, minForecastS) = (it.median.rounded(decimals: 6), it.minimum.rounded(decimals: 6))
        sequencesPerS = it.sequencesPerSecond.rounded(decimals: 3)
        gflops = (it.directOperations / it.median / 1e9).rounded(decimals: 1)
        mean = it.mean
        peakRssMb = it.peakMemory >> 20
    }
}
