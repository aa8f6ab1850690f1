// The results of the timed steps over all ranks. The choice: for each step and phase the slowest rank's time
// counts, because all wait for it; results are medians over the steps.

import Configuration
import Supervision
import Collectives
import Model

/// The time of one step and of its phases, on one rank.
struct StepSeconds {
    let step: Double
    let phases: PhaseTimes

    /// The slowest rank's time of the step, and of the phases in the order of `PhaseTimes.Phase`. Collective.
    func allReduceMax(over communicator: any Communicator) throws -> [Double] {
        [try communicator.allReduceMax(step)] + (try phases.allReduceMax(over: communicator))
    }
}

/// The speed of training steps.
package struct StepMeasurement: Sendable {
    package let benchmark: StepBenchmark
    package let ranks: Int

    /// The number of sequences per step over all ranks.
    package let sequences: Int

    /// The number of parameters of the network.
    package let parameters: Int

    /// The loss of the last step's global batch, before its update.
    package let loss: Double

    /// The median and the minimum time of a step in seconds.
    package let median, minimum: Double

    /// The median times by phase in seconds.
    package let phases: [(phase: PhaseTimes.Phase, seconds: Double)]

    /// The floating-point operations of a step of all ranks, counted as direct convolution: three times those of
    /// the forward pass (itself, and both adjoints), where a multiply and an add are two.
    ///
    /// The count does not depend on the products that an algorithm saves, nor on padding that it computes.
    /// Convolutions with what is zero by construction do not count, such as those of neural-scene's forecasters
    /// over the hidden states that they never read.
    package let directOperations: Double

    /// The largest peak memory of a rank's process in bytes.
    package let peakMemory: Int

    /// Combines the times of all ranks, on every rank. Collective.
    static func gathered(
        of benchmark: StepBenchmark, network: Network<Float>, sequences: Int, loss: Double,
        steps: some Sequence<StepSeconds>, on communicator: any Communicator
    ) throws -> StepMeasurement {
        let rows = try steps.map { try $0.allReduceMax(over: communicator) }, seconds = rows.map { $0[0] }
        let forward = network.multiplyAdds(Unrolling(benchmark.model.sequences))
        return StepMeasurement(
            benchmark: benchmark, ranks: communicator.size, sequences: sequences, parameters: network.layout.count,
            loss: loss, median: seconds.median, minimum: seconds.min() ?? 0,
            phases: PhaseTimes.Phase.allCases.map { phase in (phase, rows.map { $0[1 + phase.rawValue] }.median) },
            directOperations: 6 * Double(forward) * Double(sequences),
            peakMemory: Int(try communicator.allReduceMax(Double(SystemFiles.peakMemory))))
    }

    /// The number of sequences per second over all ranks.
    package var sequencesPerSecond: Double { Double(sequences) / median }

    /// The median seconds per step of a phase.
    package func seconds(_ phase: PhaseTimes.Phase) -> Double { phases[phase.rawValue].seconds }
}
