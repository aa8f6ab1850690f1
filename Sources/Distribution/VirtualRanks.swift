// Which sequences of a global batch one thread learns from at a time. The choice: a virtual rank is a function of the
// batch and the number of virtual ranks alone; ranks and threads take other virtual ranks when there are more or fewer
// of them, and find the same gradients there.

import Platform
import Reports
import Configuration

/// The virtual ranks of a job, as one rank sees them: virtual rank l of L has the sequences [l B / L, (l + 1) B / L) of
/// a batch of B.
package struct VirtualRanks: Sendable, Equatable {
    /// Virtual ranks of all ranks.
    package let count: Int

    /// Whether sums keep the order of the virtual ranks, whoever holds them. Else there is a virtual rank for each
    /// thread of each rank.
    package let areFixed: Bool

    package let rank, ranks: Int

    /// Threads of each rank that compute at once.
    package let threads: Int

    /// - Parameter count: nil for as many as there are threads.
    /// - Throws: a usage error about threads for which there is no virtual rank.
    package init(_ count: Int? = nil, threads: Int = 1, rank: Int = 0, ranks: Int = 1) throws(TrainingError) {
        (self.count, areFixed) = (count ?? ranks * threads, count != nil)
        (self.rank, self.ranks, self.threads) = (rank, ranks, threads)
        guard self.count >= ranks * threads else {
            throw .usage(
                "\(counted(self.count, "virtual rank")) cannot occupy \(inWords), each of which needs one; raise --virtual-ranks, or "
                    + "start fewer ranks or threads")
        }
    }

    /// "2 ranks of 4 threads".
    package var inWords: String { "\(counted(ranks, "rank")) of \(counted(threads, "thread"))" }

    /// The virtual ranks of a rank, next to one another.
    package func virtualRanks(ofRank rank: Int) -> Range<Int> { (0..<count).part(rank, of: ranks) }

    /// This rank's.
    package var own: Range<Int> { virtualRanks(ofRank: rank) }

    /// Divides this rank's virtual ranks among its threads.
    ///
    /// - Parameter oneEach: whether every virtual rank gets a thread of its own, because virtual ranks wait for one
    ///   another.
    package func runs(oneEach: Bool) -> [Range<Int>] {
        let own = own, parts = oneEach ? own.count : threads
        return (0..<parts).map { own.part($0, of: parts) }
    }

    /// Where the virtual ranks' places in a batch begin, and where the last one's end.
    package func bounds(batch: Int) -> [Int] { Self.bounds(of: batch, parts: count) }

    /// The same of a batch to which each rank brings sequences of its own, which its virtual ranks share.
    package func bounds(parts: [Int]) -> [Int] {
        parts.indices.reduce(into: [0]) { bounds, rank in
            let virtualRanks = virtualRanks(ofRank: rank).count, first = bounds.last!
            bounds += Self.bounds(of: parts[rank], parts: virtualRanks).dropFirst().map { first + $0 }
        }
    }

    /// In which order sums over virtual ranks are added: over all, or over a rank's where MPI adds up the ranks.
    package var tree: SumTree { SumTree(leaves: areFixed ? count : own.count) }

    /// The place of a virtual rank in the tree.
    package func leaf(of virtualRank: Int) -> Int { areFixed ? virtualRank : virtualRank - own.lowerBound }

    /// The leaves of some virtual ranks.
    package func leaves(of virtualRanks: Range<Int>) -> Range<Int> {
        leaf(of: virtualRanks.lowerBound)..<leaf(of: virtualRanks.lowerBound) + virtualRanks.count
    }

    /// Where the parts of 0 ..< count begin, and where the last one ends.
    private static func bounds(of count: Int, parts: Int) -> [Int] { (0...parts).map { count * $0 / parts } }
}
