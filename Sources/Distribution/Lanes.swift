// Which sequences of a global batch one thread learns from at a time. The choice: a lane is a function of the batch and
// the number of lanes alone; ranks and threads take other lanes when there are more or fewer of them, and find the same
// gradients there.

import Reports
import Configuration

/// The lanes of a job, as one rank sees them: lane l of L has the sequences [l B / L, (l + 1) B / L) of a batch of B.
package struct Lanes: Sendable, Equatable {
    /// Lanes of all ranks.
    package let count: Int

    /// Whether sums keep the order of the lanes, whoever holds them. Else there is a lane for each thread of each rank.
    package let areFixed: Bool

    package let rank, ranks: Int

    /// Threads of each rank that compute at once.
    package let threads: Int

    /// - Parameter count: nil for as many as there are threads.
    /// - Throws: a usage error about threads for which there is no lane.
    package init(_ count: Int? = nil, threads: Int = 1, rank: Int = 0, ranks: Int = 1) throws(TrainingError) {
        (self.count, areFixed) = (count ?? ranks * threads, count != nil)
        (self.rank, self.ranks, self.threads) = (rank, ranks, threads)
        guard self.count >= ranks * threads else {
            throw .usage(
                "\(counted(self.count, "lane")) cannot occupy \(inWords), each of which needs one; raise --lanes, or "
                    + "start fewer ranks or threads")
        }
    }

    /// "2 ranks of 4 threads".
    package var inWords: String { "\(counted(ranks, "rank")) of \(counted(threads, "thread"))" }

    /// The lanes of a rank, next to one another.
    package func lanes(ofRank rank: Int) -> Range<Int> { Share.range(of: count, part: rank, parts: ranks) }

    /// This rank's.
    package var own: Range<Int> { lanes(ofRank: rank) }

    /// Divides this rank's lanes among its threads.
    ///
    /// - Parameter oneEach: whether every lane gets a thread of its own, because lanes wait for one another.
    package func runs(oneEach: Bool) -> [Range<Int>] {
        let own = own, parts = oneEach ? own.count : threads
        return (0..<parts).map { own[sharing: $0, of: parts] }
    }

    /// Where the lanes' places in a batch begin, and where the last one's end.
    package func bounds(batch: Int) -> [Int] { Share.bounds(of: batch, parts: count) }

    /// The same of a batch to which each rank brings sequences of its own, which its lanes share.
    package func bounds(parts: [Int]) -> [Int] {
        parts.indices.reduce(into: [0]) { bounds, rank in
            let lanes = lanes(ofRank: rank).count, first = bounds.last!
            bounds += Share.bounds(of: parts[rank], parts: lanes).dropFirst().map { first + $0 }
        }
    }

    /// In which order sums over lanes are added: over all, or over a rank's where MPI adds up the ranks.
    package var tree: SumTree { SumTree(leaves: areFixed ? count : own.count) }

    /// The place of a lane in the tree.
    package func leaf(of lane: Int) -> Int { areFixed ? lane : lane - own.lowerBound }

    /// The leaves of some lanes.
    package func leaves(of lanes: Range<Int>) -> Range<Int> {
        leaf(of: lanes.lowerBound)..<leaf(of: lanes.lowerBound) + lanes.count
    }
}

extension Range<Int> {
    /// One of several parts of it.
    package subscript(sharing part: Int, of parts: Int) -> Range<Int> {
        let share = Share.range(of: count, part: part, parts: parts)
        return lowerBound + share.lowerBound..<lowerBound + share.upperBound
    }
}
