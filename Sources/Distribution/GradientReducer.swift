// The one place where training depends on other virtual ranks and ranks: sums over all of them. Each virtual rank's
// gradient is already scaled for the global batch, so the sum is the gradient of the global mean loss whatever the
// shares. With fixed virtual ranks sums keep the order of the virtual ranks; else MPI adds up the ranks as it likes
// best.

import Configuration
import Collectives
import Kernels
import Model

/// Makes what each rank knows of its part what all ranks know of the whole. Every operation is collective.
package final class GradientReducer {
    private let communicator: any Communicator
    private let virtualRanks: VirtualRanks
    private let pool: ThreadPool
    private let ordered: OrderedSum?
    private let rounded: RoundedSum?

    /// - Parameters:
    ///   - count: numbers of the gradient.
    ///   - precision: in which ranks exchange it; float32 where virtual ranks are fixed.
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

    /// The gradient and the loss of the whole batch, the same bits on every rank, in the memory of the first sum.
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
        return BatchGradient(gradient: gradient, loss: try self.sum(partial.losses.map { [$0] })[0])
    }

    /// The sum over all virtual ranks of one list of numbers for each virtual rank of this rank.
    ///
    /// Fixed virtual ranks are first made known to all: beside zeros for the virtual ranks of others, a sum changes
    /// nothing.
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

    /// As `sum`, within a pass that cannot throw: an error ends the job at once.
    package func sumOrAbort(_ rows: [[Double]]) -> [Double] { communicator.orAbort { try sum(rows) } }
}
