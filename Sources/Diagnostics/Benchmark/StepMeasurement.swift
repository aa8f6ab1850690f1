// What the timed steps come to, over all ranks. The choice: of each step and phase the slowest rank's time, because all
// wait for that, and of these the median.

import Configuration
import Supervision
import Collectives
import Model

/// One step's time and its phases', on one rank.
struct StepSeconds {
    let step: Double
    let phases: PhaseTimes

    /// The step, and the phases in the order of `PhaseTimes.Phase`, each the slowest rank's. Collective.
    func allReduceMax(over communicator: any Communicator) throws -> [Double] {
        [try communicator.allReduceMax(step)] + (try phases.allReduceMax(over: communicator))
    }
}

/// The speed of training steps.
package struct StepMeasurement: Sendable {
    package let benchmark: StepBenchmark
    package let ranks: Int

    /// Of a step, over all ranks.
    package let sequences: Int

    /// Learned numbers of the network.
    package let parameters: Int

    /// Of the last step's global batch, before its update.
    package let loss: Double

    /// Median and shortest time of a step, in seconds.
    package let median, minimum: Double

    /// Median times, in seconds.
    package let phases: [(phase: PhaseTimes.Phase, seconds: Double)]

    /// Floating-point operations of a step of all ranks, counted as direct convolution: three times those of the
    /// forward pass (itself, and both adjoints), a multiply and an add being two.
    ///
    /// However few products an algorithm gets by with, and whatever padding it computes, the count is the same.
    /// Convolutions with what is zero by construction do not count, such as those of neural-scene's forecasters over
    /// the hidden states that they never see.
    package let directOperations: Double

    /// Bytes that the process of the largest rank has held at most.
    package let peakMemory: Int

    /// What the steps of all ranks come to, on every rank. Collective.
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

    /// Sequences a second, over all ranks.
    package var sequencesPerSecond: Double { Double(sequences) / median }

    /// Of the step's phases, in seconds.
    package func seconds(_ phase: PhaseTimes.Phase) -> Double { phases[phase.rawValue].seconds }
}
