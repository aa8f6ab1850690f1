// Virtual ranks: fixed parts of a global batch, each processed by one thread at a time. The choice: a virtual rank
// depends only on the batch and the number of virtual ranks. A different number of ranks or threads distributes
// the virtual ranks differently, and computes the same gradients.

import Platform
import Reports
import Configuration

/// The virtual ranks of a job, as one rank sees them. Virtual rank l of L has the sequences [l B / L, (l + 1) B /
/// L) of a batch of B.
package struct VirtualRanks: Sendable, Equatable {
    /// The number of virtual ranks of all ranks.
    package let count: Int

    /// Whether sums keep the order of the virtual ranks on any number of ranks. Otherwise there is one virtual rank
    /// per thread of each rank.
    package let areFixed: Bool

    package let rank, ranks: Int

    /// The number of compute threads per rank.
    package let threads: Int

    /// - Parameter count: nil for as many as there are threads.
    /// - Throws: a usage error if there are fewer virtual ranks than threads.
    package init(_ count: Int? = nil, threads: Int = 1, rank: Int = 0, ranks: Int = 1) throws(TrainingError) {
        (self.count, areFixed) = (count ?? ranks * threads, count != nil)
        (self.rank, self.ranks, self.threads) = (rank, ranks, threads)
        guard self.count >= ranks * threads else {
            throw .usage(
                "\(counted(self.count, "virtual rank")) cannot occupy \(inWords), each of which needs one; raise --virtual-ranks, or "
                    + "start fewer ranks or threads")
        }
    }

    /// A description such as "2 ranks of 4 threads".
    package var inWords: String { "\(counted(ranks, "rank")) of \(counted(threads, "thread"))" }

    /// The contiguous range of virtual ranks that a rank holds.
    package func virtualRanks(ofRank rank: Int) -> Range<Int> { (0..<count).part(rank, of: ranks) }

    /// The virtual ranks of this rank.
    package var own: Range<Int> { virtualRanks(ofRank: rank) }

    /// Divides this rank's virtual ranks among its threads.
    ///
    /// - Parameter oneEach: whether every virtual rank gets a thread of its own, because virtual ranks wait for one
    ///   another.
    package func runs(oneEach: Bool) -> [Range<Int>] {
        let own = own, parts = oneEach ? own.count : threads
        return (0..<parts).map { own.part($0, of: parts) }
    }

    /// The first index of each virtual rank's part of a batch, and the end of the last one.
    package func bounds(batch: Int) -> [Int] { Self.bounds(of: batch, parts: count) }

    /// The bounds of a batch to which each rank contributes its own sequences, divided among its virtual ranks.
    package func bounds(parts: [Int]) -> [Int] {
        parts.indices.reduce(into: [0]) { bounds, rank in
            let virtualRanks = virtualRanks(ofRank: rank).count, first = bounds.last!
            bounds += Self.bounds(of: parts[rank], parts: virtualRanks).dropFirst().map { first + $0 }
        }
    }

    /// The order of sums over virtual ranks: over all of them, or over this rank's where MPI adds up the ranks.
    package var tree: SumTree { SumTree(leaves: areFixed ? count : own.count) }

    /// The leaf of a virtual rank in the tree.
    package func leaf(of virtualRank: Int) -> Int { areFixed ? virtualRank : virtualRank - own.lowerBound }

    /// The leaves of a range of virtual ranks.
    package func leaves(of virtualRanks: Range<Int>) -> Range<Int> {
        leaf(of: virtualRanks.lowerBound)..<leaf(of: virtualRanks.lowerBound) + virtualRanks.count
    }

    /// The first index of each part of 0 ..< count, and the end of the last one.
    private static func bounds(of count: Int, parts: Int) -> [Int] { (0...parts).map { count * $0 / parts } }
}
