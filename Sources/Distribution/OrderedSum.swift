// An all-reduce that adds vectors in the order of the tree of virtual ranks, by an all-to-all and an all-gather.
// The choice: each rank reduces one slice of the vector. It receives that slice of every partial sum and sends the
// result to all: twice the vector per rank, as in any all-reduce, if each rank has one partial sum.

import Platform
import Collectives
import Kernels

package final class OrderedSum {
    private let communicator: any Communicator
    private let virtualRanks: VirtualRanks
    private let pool: ThreadPool

    /// The tree nodes whose sums each rank has, and the row of its first one among those of all ranks.
    private let nodes: [[SumTree.Node]]
    private let rows: [Int]

    /// This rank's slice of every partial sum: (partial sums of all ranks, elements of a slice).
    private let received: Tensor<Float>

    /// The number of elements per exchange, which bounds the memory of the buffers.
    private static let piece = 1 << 22

    package init(_ communicator: any Communicator, _ virtualRanks: VirtualRanks, on pool: ThreadPool, count: Int) {
        (self.communicator, self.virtualRanks, self.pool) = (communicator, virtualRanks, pool)
        nodes = Self.nodes(virtualRanks)
        rows = nodes.reduce(into: [0]) { $0.append($0.last! + $1.count) }
        received = Tensor(rows.last!, Self.width(count, ranks: virtualRanks.ranks))
    }

    private static func nodes(_ virtualRanks: VirtualRanks) -> [[SumTree.Node]] {
        (0..<virtualRanks.ranks).map { virtualRanks.tree.nodes(within: virtualRanks.virtualRanks(ofRank: $0)) }
    }

    /// The largest number of elements of a slice.
    private static func width(_ count: Int, ranks: Int) -> Int { (min(count, piece) + ranks - 1) / ranks }

    /// Writes the sum of all ranks' vectors to `total`, which may be one of them. Collective.
    package func sum(_ vectors: [Tensor<Float>], into total: Tensor<Float>) throws {
        for piece in (0..<total.count).chunks(of: Self.piece) {
            let slices = (0..<virtualRanks.ranks).map {
                (0..<piece.count).part($0, of: virtualRanks.ranks)
            }
            try exchange(vectors.map { $0[piece] }, slices)
            let whole = total[piece]
            whole[slices[virtualRanks.rank]].copy(from: sumOfRows(width: slices[virtualRanks.rank].count))
            var elements = whole.mutableSpan
            try communicator.allGather(&elements, slices)
        }
    }

    /// Exchanges the first vector of each rank, then the second of those that have one, and so on.
    private func exchange(_ vectors: [Tensor<Float>], _ slices: [Range<Int>]) throws {
        let width = slices[virtualRanks.rank].count, none = Tensor<Float>(0), received = received
        for round in 0..<nodes.map(\.count).max()! {
            let starts = nodes.indices.map { round < nodes[$0].count ? (rows[$0] + round) * width : nil }
            let given = round < vectors.count ? vectors[round] : none
            let values = given.span
            var places = received.mutableSpan
            try communicator.allToAll(values, slices, into: &places, at: starts)
        }
    }

    /// Adds up the received slices in place.
    private func sumOfRows(width: Int) -> Tensor<Float> {
        let elements = received.reshaped(received.count)
        var sum = TreeSum<Tensor<Float>>(virtualRanks.tree)
        for (row, node) in nodes.joined().enumerated() {
            sum.append(elements[row * width..<(row + 1) * width], at: node) { left, right in
                pool.add(right, accumulatingInto: left)
                return left
            }
        }
        return sum.parts[0].value
    }
}
