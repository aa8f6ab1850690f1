// The output of `bench scaling`. The choice: times in milliseconds and efficiencies in percent, so that small jobs
// and large ones read alike.

import Supervision
import Configuration
import Model
import Diagnostics
import Foundation
import Platform
import Reports

struct ScalingReport {
    private let it: ScalingMeasurement

    init(_ measurement: ScalingMeasurement) { it = measurement }

    func show() {
        let step = it.benchmark.step
        StandardOutput.print(
            "\(step.model.name), \(step.convolution.rawValue): \(counted(it.steps.last!.weak.ranks, "rank")) of "
                + "\(counted(step.threads, "thread")), \(counted(step.batch, "sequence")) per rank and in all, "
                + "\(counted(step.steps, "step")) timed\n")
        StandardOutput.print(steps)
        showExchange()
        StandardOutput.print(
            "Predicted efficiency with \(counted(step.batch, "sequence")) per rank, one rank per host:\n")
        StandardOutput.print(predictions)
    }

    private var steps: Table {
        var table = Table([
            "ranks", "step ms", "of it reduce", "seq/s", "efficiency", "shared ms", "seq/s", "speed-up", "efficiency",
        ])
        for row in it.steps {
            let weak = row.weak, strong = row.strong
            let reduce = percent(weak.seconds(.reduce) / weak.median)
            table.add([
                "\(weak.ranks)", milliseconds(weak.median), reduce, String(format: "%.2f", weak.sequencesPerSecond),
                percent(it.weakEfficiency(row)), strong.map { milliseconds($0.median) } ?? "",
                strong.map { String(format: "%.2f", $0.sequencesPerSecond) } ?? "",
                strong.map { String(format: "%.2f", it.steps[0].weak.median / $0.median) } ?? "",
                it.strongEfficiency(row).map(percent) ?? "",
            ])
        }
        return table
    }

    private func showExchange() {
        guard let fit = it.exchange.fit, let ordered = it.exchange.orderedSeconds,
            let rounded = it.exchange.roundedSeconds
        else {
            return StandardOutput.print(
                "One rank has nothing to exchange; `mpirun -np N` measures the sums over N ranks.\n")
        }
        var table = Table(["bytes", "all-reduce ms", "fit ms", "GB/s"])
        for row in it.exchange.rows {
            table.add([
                "\(row.bytes)", milliseconds(row.seconds), milliseconds(fit.seconds(bytes: row.bytes)),
                String(format: "%.2f", 1e-9 * Double(row.bytes) / row.seconds),
            ])
        }
        StandardOutput.print(table)
        StandardOutput.print(
            String(
                format: "Fit: %.1f us + bytes / %.2f GB/s, at most %.0f %% beside a measurement.",
                1e6 * fit.latency, 1e-9 / fit.secondsPerByte, 100 * fit.largestError))
        StandardOutput.print(
            "The gradient in the order of fixed virtual ranks: \(milliseconds(ordered)) ms; "
                + "in bf16: \(milliseconds(rounded)) ms.\n")
    }

    private var predictions: Table {
        let columns = it.benchmark.gigabits.flatMap { gigabits in
            AllReduceAlgorithm.allCases.map { "\(String(format: "%g", gigabits)) Gbit/s \($0)" }
        }
        var table = Table(["ranks"] + columns)
        let all = it.predictions
        for start in stride(from: 0, to: all.count, by: columns.count) {
            table.add(["\(all[start].ranks)"] + all[start..<start + columns.count].map { percent($0.efficiency) })
        }
        return table
    }

    private func milliseconds(_ seconds: Double) -> String { String(format: "%.3f", 1e3 * seconds) }
    private func percent(_ share: Double) -> String { String(format: "%.1f %%", 100 * share) }
}

/// The output of `bench scaling --json`, in snake case; times in seconds.
struct ScalingResults: Encodable {
    let preset: String
    let batchPerRank, threads, gradientBytes: Int
    let steps: [Row]
    let allReduce: [AllReduceMeasurement.Row]

    /// The linear fit of the all-reduce; omitted for one rank.
    let fit: AllReduceFit?
    let orderedS, roundedS: Double?

    /// The seconds per byte added.
    let sumS: Double

    let predictions: [ScalingMeasurement.Prediction]

    /// The results for one number of ranks. `shared` is the step of a batch that all ranks share.
    struct Row: Encodable {
        let ranks: Int
        let stepS, reduceS, efficiency: Double
        let sharedStepS, sharedEfficiency: Double?
    }

    init(_ it: ScalingMeasurement) {
        let step = it.benchmark.step
        (preset, batchPerRank, threads) = (step.model.name, step.batch, step.threads)
        gradientBytes = it.gradientBytes
        steps = it.steps.map {
            Row(
                ranks: $0.weak.ranks, stepS: $0.weak.median, reduceS: $0.weak.seconds(.reduce),
                efficiency: it.weakEfficiency($0), sharedStepS: $0.strong?.median,
                sharedEfficiency: it.strongEfficiency($0))
        }
        (allReduce, fit) = (it.exchange.rows, it.exchange.fit)
        (orderedS, roundedS) = (it.exchange.orderedSeconds, it.exchange.roundedSeconds)
        (sumS, predictions) = (it.exchange.secondsPerSum, it.predictions)
    }
}
