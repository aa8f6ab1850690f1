// How training scales: measured on the ranks that there are, predicted for those that there are not. The choice:
// smaller numbers of ranks are measured within the same job, on its first ranks, because a job cannot start another.

import Configuration
import Forecasting
import Collectives
import Model

/// What to measure: a batch of each rank (weak scaling), and one rank's batch shared by all (strong).
package struct ScalingBenchmark: Codable, Sendable {
    package var step: StepBenchmark

    /// Seconds of a message over the networks that predictions are about.
    package var latency: Double

    /// Their 10^9 bits a second.
    package var gigabits: [Double]

    package init(_ step: StepBenchmark, latency: Double, gigabits: [Double]) {
        (self.step, self.latency, self.gigabits) = (step, latency, gigabits)
    }

    /// The numbers of ranks that are measured: powers of two, and all.
    package static func counts(upTo ranks: Int) -> [Int] {
        sequence(first: 1) { $0 * 2 }.prefix { $0 < ranks } + [ranks]
    }

    /// Measures as one rank of a job; nil but on rank 0. Collective.
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

/// What was measured, and what follows from it.
package struct ScalingMeasurement: Sendable {
    package let benchmark: ScalingBenchmark

    /// For each number of ranks, from one on.
    package let steps: [Step]

    /// Over all ranks.
    package let exchange: AllReduceMeasurement

    /// Steps of one number of ranks.
    package struct Step: Sendable {
        /// With a batch of each rank.
        package let weak: StepMeasurement

        /// With one rank's batch for all; nil where some would have no sequence.
        package let strong: StepMeasurement?
    }

    /// How much of its time a rank that is one of several learns, where it has a batch of its own: t(1) / t(p).
    package func weakEfficiency(_ step: Step) -> Double { steps[0].weak.median / step.weak.median }

    /// The same where ranks share a batch: t(1) / (p t(p)).
    package func strongEfficiency(_ step: Step) -> Double? {
        step.strong.map { steps[0].weak.median / (Double($0.ranks) * $0.median) }
    }

    /// Bytes of the gradient.
    package var gradientBytes: Int { steps[0].weak.parameters * MemoryLayout<Float>.stride }

    /// An exchange over a network, and the efficiency that it leaves: t / (t + exchange), t being one rank's step.
    package struct Prediction: Codable, Sendable {
        package let ranks: Int
        package let gigabits: Double
        package let algorithm: AllReduceAlgorithm
        package let exchangeSeconds, efficiency: Double
    }

    /// For 2, 4, ... 1024 ranks, each on a host of its own, with a batch each.
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
