// The plan of a training step on one rank, made before anything is allocated. The choice: a value from which loop,
// benchmark and tests assemble the same step, and whose memory is counted by assembling it without allocation.

import Collectives
import Configuration
import DataLoading
import Distribution
import Kernels
import Model
import Shards

/// Everything that determines what a training step computes and allocates on this rank.
package struct StepPlan {
    package let system: SystemDescription
    package let network: Network<Float>
    package let virtualRanks: VirtualRanks
    package let shares: RankShares
    package let source: any SequenceSource

    /// The map from the source's values to those of the network.
    package let scale: ValueScale

    /// The seed of scheduled sampling, crops and orientations.
    package let seed: UInt64

    package let reducePrecision: ReducePrecision

    package init(
        system: SystemDescription, network: Network<Float>, virtualRanks: VirtualRanks, shares: RankShares,
        source: any SequenceSource, scale: ValueScale, seed: UInt64 = 1, reducePrecision: ReducePrecision = .float32
    ) {
        (self.system, self.network, self.virtualRanks, self.shares) = (system, network, virtualRanks, shares)
        (self.source, self.scale, self.seed) = (source, scale, seed)
        self.reducePrecision = reducePrecision
    }

    /// Starts the threads of this rank: the configured number, or one per virtual rank if these wait for one
    /// another.
    package func threadPool() throws -> ThreadPool {
        let pool = try ThreadPool(virtualRanks.threads)
        try pool.prepare(for: virtualRanks.runs(oneEach: network.hasBatchStatistics).count)
        return pool
    }

    /// The bytes besides its copy of the state that a checkpoint takes while it is compressed, written, and read again:
    /// about 6 MB were measured.
    package static let savingBuffers = 8 << 20

    /// The bytes that this rank needs: those of the step, the parameters and the optimizer's moments, and the
    /// copy of both that a checkpoint is written from.
    ///
    /// Throws a `ModelError` about an unrolling that the network does not support.
    package func memory(on communicator: any Communicator) throws -> Int {
        let largest = shares.threads.flatMap { $0.usual + [$0.largestOther] }.max() ?? 0
        guard network.isCountable(batch: largest, Unrolling(system.sequences)) else {
            return Network<Float>.uncountable
        }
        let step = try MemoryCount.bytes { try TrainingStep(self, on: ThreadPool(), communicator) }
        let state = 1 + system.optimizer.moments.count, snapshot = state
        return step + (state + snapshot) * network.layout.count * MemoryLayout<Float>.stride + Self.savingBuffers
    }
}
