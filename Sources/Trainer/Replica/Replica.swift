// One rank's copy of the network, and the threads that learn from its virtual ranks of a batch. The choice: a thread
// works through a run of virtual ranks, adds their gradients as far as the tree of sums allows, and touches nothing
// that another one writes.

import Supervision
import Distribution
import DataLoading
import Configuration
import Kernels
import Model

/// A network with the gradients that its virtual ranks find for it.
package final class Replica {
    package let network: Network<Float>

    let virtualRanks: VirtualRanks
    private let pool: ThreadPool
    private let workers: [Worker]

    /// The most sequences that are worked through at once.
    package let size: Int

    /// Where virtual ranks of batch normalization meet.
    private let meeting: VirtualRankAllReduce?

    /// A thread's virtual ranks, and what it found in them.
    private final class Worker {
        let virtualRanks: Range<Int>
        let workspace: PassWorkspace

        /// Memory for as many sums as there are at a time.
        let vectors: [ParameterVector<Float>]
        var sum: TreeSum<ParameterVector<Float>>
        var losses: [Double] = []

        /// The norm of each virtual rank's own gradient, where somebody asks for them.
        var norms: [Double]?

        init(_ run: Range<Int>, of virtualRanks: VirtualRanks, _ layout: ParameterLayout, _ workspace: PassWorkspace) {
            (self.virtualRanks, self.workspace) = (run, workspace)
            let most = virtualRanks.tree.mostParts(within: virtualRanks.leaves(of: run))
            vectors = (0..<most).map { _ in ParameterVector(layout) }
            sum = TreeSum(virtualRanks.tree)
        }

        /// Zeros, for the next virtual rank's gradient.
        func freshVector() -> ParameterVector<Float> {
            let vector = vectors[sum.parts.count]
            vector.flat.fill(0)
            return vector
        }

        func take(_ gradient: ParameterVector<Float>, _ loss: Double, at leaf: Int) {
            norms?.append(sumOfSquares(gradient.flat).squareRoot())
            sum.append(gradient, at: leaf) { left, right in
                add(right.flat, accumulatingInto: left.flat)
                return left
            }
            losses.append(loss)
        }
    }

    /// - Parameters:
    ///   - shares: how many sequences each thread has at a time.
    ///   - reducer: adds up numbers over the virtual ranks of all ranks, for batch normalization.
    package init(
        _ network: Network<Float>, _ model: SystemDescription, _ loader: BatchLoader, _ sampling: FrameSampling,
        _ virtualRanks: VirtualRanks, _ shares: RankShares, on pool: ThreadPool, _ reducer: GradientReducer
    ) throws {
        (self.network, self.virtualRanks, self.pool, size) = (network, virtualRanks, pool, shares.part)
        let runs = virtualRanks.runs(oneEach: network.hasBatchStatistics)
        try pool.prepare(for: runs.count)
        let meeting =
            network.hasBatchStatistics
            ? VirtualRankAllReduce(virtualRanks: runs.count, atOnce: virtualRanks.threads, add: reducer.sumOrAbort)
            : nil
        let context = StepContext(network: network, model: model, loader: loader, sampling: sampling)
        workers = try runs.enumerated().map { number, run in
            let workspace = try PassWorkspace(
                context, sizes: shares.threads[number].usual, movesAverages: number == 0,
                sum: { meeting?.sum(&$0, of: number) ?? 0 })
            return Worker(run, of: virtualRanks, network.layout, workspace)
        }
        self.meeting = meeting
    }

    /// The gradients and losses of this rank's virtual ranks of a global batch, in memory that the next call
    /// overwrites.
    ///
    /// - Parameters:
    ///   - batch: of all virtual ranks of all ranks.
    ///   - step: the updates made before this one.
    /// - Throws: the first error of reading; no virtual rank has then begun to wait for another.
    package func learn(from batch: Batch, step: Int, _ times: PhaseTimes) throws -> PartialGradients {
        for worker in workers {
            (worker.sum, worker.losses, worker.workspace.times) = (TreeSum(virtualRanks.tree), [], PhaseTimes())
        }
        if let meeting {
            try learnTogether(from: batch, step: step, meeting)
        } else {
            try pool.run(workers.count) { [workers, self] in try learn(workers[$0], from: batch, step: step) }
        }
        times.add(slowestOf: workers.map(\.workspace.times))
        return PartialGradients(sums: workers.flatMap(\.sum.parts), losses: workers.flatMap(\.losses))
    }

    /// Learns a batch again, and tells what each virtual rank of this rank that has sequences found by itself.
    /// Collective.
    package func examine(_ batch: Batch, step: Int) throws -> [VirtualRankFinding] {
        for worker in workers { worker.norms = [] }
        defer { for worker in workers { worker.norms = nil } }
        _ = try learn(from: batch, step: step, PhaseTimes())
        return workers.flatMap { worker in
            zip(worker.virtualRanks, zip(worker.losses, worker.norms ?? [])).map { virtualRank, found in
                let sequences = Array(batch.sequences[batch.places(of: virtualRank)])
                return VirtualRankFinding(virtualRank: virtualRank, sequences: sequences, loss: found.0, norm: found.1)
            }
        }.filter { !$0.sequences.isEmpty }
    }

    /// Virtual rank after virtual rank, each part by part.
    private func learn(_ worker: Worker, from batch: Batch, step: Int) throws {
        for virtualRank in worker.virtualRanks {
            let gradient = worker.freshVector()
            let loss = try parts(of: virtualRank, in: batch).reduce(0) { loss, part in
                try worker.workspace.load(part, step: step)
                return loss + worker.workspace.learn(accumulatingInto: gradient)
            }
            worker.take(gradient, loss, at: virtualRanks.leaf(of: virtualRank))
        }
    }

    /// All virtual ranks at once, each whole and be it empty: once they have begun, none may be missing where they
    /// meet.
    private func learnTogether(from batch: Batch, step: Int, _ meeting: VirtualRankAllReduce) throws {
        try pool.run(workers.count) { [workers, self] number in
            let worker = workers[number]
            let places = batch.places(of: worker.virtualRanks.lowerBound)
            try meeting.inTurn { try worker.workspace.load(part(places, of: batch), step: step) }
        }
        pool.run(workers.count) { [workers, virtualRanks] number in
            let worker = workers[number]
            meeting.inTurn {
                let gradient = worker.freshVector()
                let loss = worker.workspace.learn(accumulatingInto: gradient)
                worker.take(gradient, loss, at: virtualRanks.leaf(of: worker.virtualRanks.lowerBound))
            }
        }
    }

    private func parts(of virtualRank: Int, in batch: Batch) -> [PassWorkspace.Part] {
        let places = batch.places(of: virtualRank)
        return stride(from: places.lowerBound, to: places.upperBound, by: size).map {
            part($0..<min($0 + size, places.upperBound), of: batch)
        }
    }

    private func part(_ places: Range<Int>, of batch: Batch) -> PassWorkspace.Part {
        PassWorkspace.Part(sequences: batch.sequences[places], first: places.lowerBound, globalBatch: batch.count)
    }

    /// The loss of some sequences: a number for each block, zeros for the blocks of other ranks. So the sum over ranks,
    /// added in order, depends on neither ranks nor threads.
    ///
    /// - Parameter blocks: of at most `size` sequences.
    package func losses(of blocks: ValidationBlocks) throws -> [Double] {
        let losses = Tensor<Double>(blocks.all.count), total = blocks.count
        try pool.run(virtualRanks.threads) { [workers, virtualRanks] thread in
            for block in blocks.own(ofThread: thread, of: virtualRanks.threads) {
                Heartbeat.own.tick()
                let sequences = Array(blocks.all[block])[...]
                var elements = losses.mutableSpan
                elements[block] = try workers[thread].workspace.loss(of: sequences, of: total)
            }
        }
        return blocks.all.indices.map { losses.span[$0] }
    }
}
