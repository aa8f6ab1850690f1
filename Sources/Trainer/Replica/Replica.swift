// One rank's copy of the network, and the threads that compute the gradients of its virtual ranks. The choice: a
// thread processes consecutive virtual ranks, adds their gradients as far as the sum tree allows, and touches no
// memory that another thread writes.

import Platform
import DataLoading
import Distribution
import Kernels
import Model
import Supervision
import Synchronization

/// A network with the workers that compute gradients for it.
package final class Replica {
    package let network: Network<Float>

    private let virtualRanks: VirtualRanks
    private let pool: ThreadPool
    private let workers: [Worker]

    /// The maximum number of sequences that pass through the network together.
    package let microBatchSize: Int

    /// The all-reduce of batch normalization statistics over virtual ranks; nil for networks without batch
    /// normalization.
    private let allReduce: VirtualRankAllReduce?

    /// The virtual ranks of a thread, and their gradients.
    private final class Worker {
        let virtualRanks: Range<Int>
        let workspace: PassWorkspace

        /// Memory for the maximum number of partial sums at a time.
        let vectors: [ParameterVector<Float>]
        var sum: TreeSum<ParameterVector<Float>>
        var losses: [LossSum] = []

        /// The loaded micro-batch, where all virtual ranks load before any computes.
        var loaded: PassWorkspace.Loaded?

        /// The gradient norm of each virtual rank; nil unless requested.
        var norms: [Double]?

        init(_ run: Range<Int>, of virtualRanks: VirtualRanks, layout: ParameterLayout, workspace: PassWorkspace) {
            (self.virtualRanks, self.workspace) = (run, workspace)
            let most = virtualRanks.tree.mostParts(within: virtualRanks.leaves(of: run))
            vectors = (0..<most).map { _ in ParameterVector(layout) }
            sum = TreeSum(virtualRanks.tree)
        }

        /// A vector of zeros for the gradient of the next virtual rank.
        func zeroedVector() -> ParameterVector<Float> {
            let vector = vectors[sum.parts.count]
            vector.flat.fill(0)
            return vector
        }

        func record(_ gradient: ParameterVector<Float>, loss: LossSum, at leaf: Int) {
            norms?.append(sumOfSquares(gradient.flat).squareRoot())
            sum.append(gradient, at: leaf) { left, right in
                add(right.flat, accumulatingInto: left.flat)
                return left
            }
            losses.append(loss)
        }
    }

    /// - Parameters:
    ///   - shares: the sizes of each thread's micro-batches.
    ///   - pool: has as many threads as `VirtualRanks.runs` returns ranges.
    ///   - reducer: sums the statistics of batch normalization over the virtual ranks of all ranks.
    /// - Throws: a `ModelError` about an unrolling that the network does not support.
    init(
        _ context: StepContext, _ virtualRanks: VirtualRanks, _ shares: RankShares, on pool: ThreadPool,
        _ reducer: GradientReducer
    ) throws {
        let network = context.network
        (self.network, self.virtualRanks, self.pool) = (network, virtualRanks, pool)
        microBatchSize = shares.part
        let runs = virtualRanks.runs(oneEach: network.hasBatchStatistics)
        let allReduce =
            network.hasBatchStatistics
            ? VirtualRankAllReduce(virtualRanks: runs.count, atOnce: virtualRanks.threads, sum: reducer.sumOrAbort)
            : nil
        workers = try runs.enumerated().map { number, run in
            let workspace = try PassWorkspace(
                context, sizes: shares.threads[number], movesAverages: number == 0,
                allReduce: { allReduce?.sum(&$0, of: number) ?? 0 })
            return Worker(run, of: virtualRanks, layout: network.layout, workspace: workspace)
        }
        self.allReduce = allReduce
    }

    /// Computes the gradients and losses of this rank's virtual ranks, in memory that the next call overwrites.
    ///
    /// - Parameters:
    ///   - batch: the global batch.
    ///   - step: the number of updates made before this one.
    /// - Throws: the first error of reading; no virtual rank has then begun to wait for another.
    package func computeGradients(
        of batch: Batch<SequenceID>, _ weights: PreparedNetwork<Float>, step: Int, _ times: PhaseTimes
    ) throws -> PartialGradients {
        for worker in workers {
            (worker.sum, worker.losses, worker.workspace.times) = (TreeSum(virtualRanks.tree), [], PhaseTimes())
        }
        if let allReduce {
            try computeTogether(of: batch, weights: weights, step: step, allReduce: allReduce)
        } else {
            try pool.run(workers.count) { [workers, self] in
                try compute(on: workers[$0], of: batch, weights: weights, step: step)
            }
        }
        times.add(slowestOf: workers.map(\.workspace.times))
        return PartialGradients(sums: workers.flatMap(\.sum.parts), losses: workers.flatMap(\.losses))
    }

    /// Recomputes the loss and gradient norm of each virtual rank of this rank that has sequences, separately.
    /// Collective.
    package func examine(
        _ batch: Batch<SequenceID>, _ weights: PreparedNetwork<Float>, step: Int
    ) throws -> [VirtualRankFinding] {
        for worker in workers { worker.norms = [] }
        defer { for worker in workers { worker.norms = nil } }
        _ = try computeGradients(of: batch, weights, step: step, PhaseTimes())
        return workers.flatMap { worker in
            zip(worker.virtualRanks, zip(worker.losses, worker.norms ?? [])).map { virtualRank, found in
                let sequences = Array(batch.sequences[batch.indices(of: virtualRank)])
                return VirtualRankFinding(
                    virtualRank: virtualRank, sequences: sequences, loss: found.0.value, norm: found.1)
            }
        }.filter { !$0.sequences.isEmpty }
    }

    /// Processes the virtual ranks of a worker one after another, each in micro-batches.
    private func compute(
        on worker: Worker, of batch: Batch<SequenceID>, weights: PreparedNetwork<Float>, step: Int
    ) throws {
        for virtualRank in worker.virtualRanks {
            let gradient = worker.zeroedVector()
            let loss = try microBatches(of: virtualRank, in: batch).reduce(LossSum()) { loss, part in
                let loaded = try worker.workspace.load(part, step: step)
                return loss + worker.workspace.computeGradient(of: loaded, weights, accumulatingInto: gradient)
            }
            worker.record(gradient, loss: loss, at: virtualRanks.leaf(of: virtualRank))
        }
    }

    /// Processes all virtual ranks concurrently, each as one micro-batch even if it is empty, because none may be
    /// missing from a sum once they have begun.
    private func computeTogether(
        of batch: Batch<SequenceID>, weights: PreparedNetwork<Float>, step: Int, allReduce: VirtualRankAllReduce
    ) throws {
        try pool.run(workers.count) { [workers, self] number in
            let worker = workers[number], indices = batch.indices(of: worker.virtualRanks.lowerBound)
            try allReduce.inTurn {
                worker.loaded = try worker.workspace.load(microBatch(indices, of: batch), step: step)
            }
        }
        pool.run(workers.count) { [workers, virtualRanks] number in
            let worker = workers[number]
            allReduce.inTurn {
                let gradient = worker.zeroedVector()
                let loss = worker.workspace.computeGradient(
                    of: worker.loaded!, weights, accumulatingInto: gradient)
                worker.record(gradient, loss: loss, at: virtualRanks.leaf(of: worker.virtualRanks.lowerBound))
            }
        }
    }

    private func microBatches(of virtualRank: Int, in batch: Batch<SequenceID>) -> [MicroBatch] {
        batch.indices(of: virtualRank).chunks(of: microBatchSize).map { microBatch($0, of: batch) }
    }

    private func microBatch(_ indices: Range<Int>, of batch: Batch<SequenceID>) -> MicroBatch {
        MicroBatch(sequences: batch.sequences[indices], first: indices.lowerBound, globalBatch: batch.count)
    }

    /// The losses of validation blocks: value and valid pixels of each block, one after the other, with zeros for the
    /// blocks of other ranks. The sum over ranks, added in the order of the blocks, does not depend on the numbers of
    /// ranks and threads.
    ///
    /// - Parameters:
    ///   - blocks: blocks of at most `microBatchSize` sequences.
    ///   - tell: is told, from any thread, which part of this rank's blocks is done.
    package func losses(
        of blocks: ValidationBlocks, _ weights: PreparedNetwork<Float>, _ tell: (@Sendable (Double) -> Void)? = nil
    ) throws -> [Double] {
        let losses = Tensor<Double>(blocks.all.count, 2), total = blocks.count, done = Atomic(0)
        try pool.run(virtualRanks.threads) { [workers, virtualRanks] thread in
            for block in blocks.own(ofThread: thread, of: virtualRanks.threads) {
                Heartbeat.own.tick()
                let sequences = blocks.all[block].map { SequenceID($0) }[...]
                let loss = try workers[thread].workspace.loss(of: sequences, of: total, weights)
                var row = losses[block].mutableSpan
                (row[0], row[1]) = (loss.value, Double(loss.valid))
                let count = done.add(1, ordering: .relaxed).newValue
                tell?(Double(count) / Double(blocks.own.count))
            }
        }
        return (0..<losses.count).map { losses.span[$0] }
    }
}
