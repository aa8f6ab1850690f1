// Sums over all virtual ranks of all ranks, the only coupling between ranks in training. Each virtual rank's
// gradient is already scaled for the global batch, so that the sum is the gradient of the global mean loss for any
// division of the batch. The choice: fixed virtual ranks are summed in their order; otherwise MPI chooses the
// order of the ranks.

import Configuration
import Collectives
import Kernels
import Model

/// Reduces the results of each rank to those of the whole batch. Every operation is collective.
package final class GradientReducer {
    private let communicator: any Communicator
    private let virtualRanks: VirtualRanks
    private let pool: ThreadPool
    private let ordered: OrderedSum?
    private let rounded: RoundedSum?

    /// - Parameters:
    ///   - count: the number of elements of the gradient.
    ///   - precision: the precision of the exchange; float32 where virtual ranks are fixed.
    package init(
        _ communicator: any Communicator, _ virtualRanks: VirtualRanks, on pool: ThreadPool, count: Int,
        precision: ReducePrecision = .float32
    ) {
        (self.communicator, self.virtualRanks, self.pool) = (communicator, virtualRanks, pool)
        ordered =
            virtualRanks.areFixed && virtualRanks.ranks > 1
            ? OrderedSum(communicator, virtualRanks, on: pool, count: count) : nil
        let isRounded = precision == .bf16 && !virtualRanks.areFixed && virtualRanks.ranks > 1
        rounded = isRounded ? RoundedSum(communicator, on: pool, count: count) : nil
    }

    /// All-reduces the gradient and the loss of the batch. Every rank gets the same bits, in the memory of the
    /// first partial sum.
    package func allReduce(_ partial: PartialGradients) throws -> BatchGradient {
        var sum = TreeSum<ParameterVector<Float>>(virtualRanks.tree)
        for (node, gradient) in partial.sums {
            sum.append(gradient, at: node) { left, right in
                pool.add(right.flat, accumulatingInto: left.flat)
                return left
            }
        }
        let gradient = sum.parts[0].value
        if let ordered {
            try ordered.sum(sum.parts.map(\.value.flat), into: gradient.flat)
        } else if let rounded {
            try rounded.sum(gradient.flat)
        } else {
            var elements = gradient.flat.mutableSpan
            try communicator.allReduce(&elements)
        }
        let loss = try self.sum(partial.losses.map { [$0.value, Double($0.valid)] })
        return BatchGradient(gradient: gradient, loss: LossSum(value: loss[0], valid: Int(loss[1])))
    }

    /// Sums one list of values per virtual rank over all virtual ranks of all ranks.
    ///
    /// Fixed virtual ranks are first gathered on all ranks by an all-reduce in which each rank has zeros for the
    /// virtual ranks of others, which leaves the values exact.
    package func sum(_ rows: [[Double]]) throws -> [Double] {
        guard virtualRanks.areFixed else {
            var sum = virtualRanks.tree.sum(rows)
            try communicator.allReduce(&sum)
            return sum
        }
        let width = rows[0].count
        var all = [Double](repeating: 0, count: virtualRanks.count * width)
        for (virtualRank, row) in zip(virtualRanks.own, rows) {
            for (place, number) in row.enumerated() { all[virtualRank * width + place] += number }
        }
        try communicator.allReduce(&all)
        return virtualRanks.tree.sum((0..<virtualRanks.count).map { Array(all[$0 * width..<($0 + 1) * width]) })
    }

    /// Same as `sum`, within a pass that cannot throw: an error aborts the job.
    package func sumOrAbort(_ rows: [[Double]]) -> [Double] { communicator.orAbort { try sum(rows) } }
}
