// How training scales: measured on the available ranks, predicted for more. The choice: smaller numbers of ranks
// are measured within the same job, on its first ranks, because a job cannot start another.

import Configuration
import Forecasting
import Collectives
import Model

/// The benchmark's settings: weak scaling with one batch per rank, and strong scaling with one rank's batch shared
/// by all.
package struct ScalingBenchmark: Codable, Sendable {
    package var step: StepBenchmark

    /// The latency in seconds per message of the networks to predict for.
    package var latency: Double

    /// The bandwidths of the networks to predict for, in 10^9 bits per second.
    package var gigabits: [Double]

    package init(_ step: StepBenchmark, latency: Double, gigabits: [Double]) {
        (self.step, self.latency, self.gigabits) = (step, latency, gigabits)
    }

    /// The numbers of ranks that are measured: powers of two, and all ranks.
    package static func counts(upTo ranks: Int) -> [Int] {
        sequence(first: 1) { $0 * 2 }.prefix { $0 < ranks } + [ranks]
    }

    /// Measures as one rank of a job; returns nil on all ranks except rank 0. Collective.
    ///
    /// Throws as `StepBenchmark.measure` does.
    package func measure(on communicator: any Communicator) throws -> ScalingMeasurement? {
        var steps: [ScalingMeasurement.Step] = []
        for ranks in Self.counts(upTo: communicator.size) {
            let measured = try communicator.split(first: ranks) { first in
                let weak = try step.measure(on: first)
                guard 1 < ranks, ranks <= step.batch else {
                    return ScalingMeasurement.Step(weak: weak, strong: ranks == 1 ? weak : nil)
                }
                return ScalingMeasurement.Step(weak: weak, strong: try step.measure(on: first, sharing: step.batch))
            }
            if let measured { steps.append(measured) }
        }
        let network = try Network<Float>(
            step.model.network, frame: step.model.sequences.generator.frame, convolution: step.convolution)
        let exchange = try AllReduceMeasurement.measured(
            on: communicator, count: network.layout.count, threads: step.threads)
        return communicator.rank == 0 ? ScalingMeasurement(benchmark: self, steps: steps, exchange: exchange) : nil
    }
}

/// The measurements and the predictions from them.
package struct ScalingMeasurement: Sendable {
    package let benchmark: ScalingBenchmark

    /// The steps for each number of ranks, from one on.
    package let steps: [Step]

    /// The all-reduces over all ranks.
    package let exchange: AllReduceMeasurement

    /// The steps for one number of ranks.
    package struct Step: Sendable {
        /// The step with one batch per rank.
        package let weak: StepMeasurement

        /// The step with one rank's batch shared by all; nil if some ranks would have no sequence.
        package let strong: StepMeasurement?
    }

    /// The weak scaling efficiency: t(1) / t(p).
    package func weakEfficiency(_ step: Step) -> Double { steps[0].weak.median / step.weak.median }

    /// The strong scaling efficiency, where ranks share a batch: t(1) / (p t(p)).
    package func strongEfficiency(_ step: Step) -> Double? {
        step.strong.map { steps[0].weak.median / (Double($0.ranks) * $0.median) }
    }

    /// The bytes of the gradient.
    package var gradientBytes: Int { steps[0].weak.parameters * MemoryLayout<Float>.stride }

    /// A predicted all-reduce over a network, and the efficiency t / (t + exchange), where t is one rank's step.
    package struct Prediction: Codable, Sendable {
        package let ranks: Int
        package let gigabits: Double
        package let algorithm: AllReduceAlgorithm
        package let exchangeSeconds, efficiency: Double
    }

    /// The predictions for 2, 4, ... 1024 ranks, each on a host of its own, with one batch each.
    package var predictions: [Prediction] {
        (1...10).map { 1 << $0 }.flatMap { ranks in
            benchmark.gigabits.flatMap { gigabits in
                AllReduceAlgorithm.allCases.map { predict(ranks: ranks, gigabits: gigabits, $0) }
            }
        }
    }

    private func predict(ranks: Int, gigabits: Double, _ algorithm: AllReduceAlgorithm) -> Prediction {
        let link = LinkCost(gigabits: gigabits, latency: benchmark.latency, secondsPerSum: exchange.secondsPerSum)
        let exchange = algorithm.seconds(bytes: gradientBytes, ranks: ranks, link), step = steps[0].weak.median
        return Prediction(
            ranks: ranks, gigabits: gigabits, algorithm: algorithm, exchangeSeconds: exchange,
            efficiency: step / (step + exchange))
    }
}
