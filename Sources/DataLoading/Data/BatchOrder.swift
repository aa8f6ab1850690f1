// The sampler: the sequences of each update. The choice: a function of (seed, epoch, position). All ranks draw
// together from the whole training split, or each from its own shards, and every rank can compute what the others
// draw.

import Platform
import Shards
import Distribution
import Configuration

/// The training split, batch by batch and epoch by epoch.
package struct BatchOrder: Sendable {
    private let order: SequenceOrder
    private let seed: UInt64
    private let batchSize: Int
    private let virtualRanks: VirtualRanks

    /// The number of sequences of the training split.
    private let count: Int

    /// The training indices of each rank; nil where all ranks draw together.
    private let shares: [Range<Int>]?

    /// The orders of the last requested epoch: one in all, or one per rank.
    private var drawn: (epoch: Int, orders: [EpochOrder]) = (-1, [])

    package init(
        _ order: SequenceOrder, seed: UInt64, batchSize: Int, count: Int, shares: [Range<Int>]? = nil,
        virtualRanks: VirtualRanks
    ) {
        (self.order, self.seed, self.batchSize) = (order, seed, batchSize)
        (self.count, self.shares, self.virtualRanks) = (count, shares, virtualRanks)
    }

    package init(of configuration: TrainingConfiguration, _ data: DataSet, _ virtualRanks: VirtualRanks) {
        let model = configuration.model, training = data.range(of: .train)
        let first = training.lowerBound
        let shares = data.deal?.training.map { $0.lowerBound - first..<$0.upperBound - first }
        self.init(
            model.sequences.order, seed: configuration.seed, batchSize: model.batchSize, count: training.count,
            shares: shares, virtualRanks: virtualRanks)
    }

    /// The batch at a position, as indices in the training split.
    package mutating func batch(at position: Position) -> Batch<SplitIndex> {
        draw(epoch: position.epoch)
        guard let shares else {
            return Batch(
                drawn.orders[0].batch(at: position.used, size: batchSize).map(SplitIndex.init), of: virtualRanks)
        }
        let number = number(at: position.used, shares)
        let parts = shares.indices.map { rank in
            let own = drawn.orders[rank].batch(at: number * size(ofRank: rank), size: size(ofRank: rank))
            return own.map { SplitIndex(shares[rank].lowerBound + $0) }
        }
        return Batch(parts.flatMap { $0 }, bounds: virtualRanks.bounds(parts: parts.map(\.count)))
    }

    private mutating func draw(epoch: Int) {
        guard drawn.epoch != epoch else { return }
        let orders = shares?.enumerated().map { rank, share in
            EpochOrder(order, seed: seed, epoch: epoch, count: share.count, rank: rank)
        }
        drawn = (epoch, orders ?? [EpochOrder(order, seed: seed, epoch: epoch, count: count)])
    }

    /// The position after the batch at a given one.
    package func next(after position: Position) -> Position {
        var next = position
        if let shares {
            next.advance(by: passed(number(at: position.used, shares) + 1, shares) - position.used, of: count)
        } else {
            next.advance(by: order.stride(batchSize: batchSize), of: order.end(count: count, batchSize: batchSize))
        }
        return next
    }

    /// The number of updates per epoch.
    package var stepsPerEpoch: Int {
        shares == nil ? order.steps(count: count, batchSize: batchSize) : stepsOfRanks.max()!
    }

    /// The first index of each virtual rank's part, and the end of the last one, in a regular batch and in the
    /// other batches, as far as they concern this rank's virtual ranks.
    package var bounds: (usual: [Int], others: [[Int]]) {
        guard let shares else {
            let last = count - (stepsPerEpoch - 1) * order.stride(batchSize: batchSize)
            return (virtualRanks.bounds(batch: batchSize), [virtualRanks.bounds(batch: min(batchSize, last))])
        }
        func bounds(_ parts: [Int]) -> [Int] { virtualRanks.bounds(parts: parts) }
        let last = shares.indices.map { shares[$0].count % size(ofRank: $0) }
        return (bounds(shares.indices.map(size(ofRank:))), [bounds(last), bounds(shares.map { _ in 0 })])
    }
}

// Ranks that draw from their own shards

extension BatchOrder {
    /// The number of sequences that a rank contributes to a regular batch.
    private func size(ofRank rank: Int) -> Int {
        (0..<batchSize).part(rank, of: virtualRanks.ranks).count
    }

    /// The number of updates until each rank has no sequences left; where all draw together, that of an epoch.
    package var stepsOfRanks: [Int] {
        guard let shares else { return [stepsPerEpoch] }
        return shares.indices.map { (shares[$0].count + size(ofRank: $0) - 1) / size(ofRank: $0) }
    }

    /// The number of sequences in the first `batches` batches of an epoch.
    private func passed(_ batches: Int, _ shares: [Range<Int>]) -> Int {
        shares.indices.reduce(0) { $0 + min(batches * size(ofRank: $1), shares[$1].count) }
    }

    /// The index of the batch that begins after `used` sequences.
    private func number(at used: Int, _ shares: [Range<Int>]) -> Int {
        var low = 0, high = stepsPerEpoch
        while low < high {
            let middle = (low + high) / 2
            if passed(middle, shares) < used { low = middle + 1 } else { high = middle }
        }
        precondition(passed(low, shares) == used, "no batch of these ranks begins at \(used)")
        return low
    }
}
