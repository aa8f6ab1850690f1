// Where virtual ranks add up numbers in the middle of a pass, as batch normalization wants. The choice: every virtual
// rank has a thread, so that all can arrive, and takes turns with the others, so that no more compute at once than a
// person asked for; who waits here gives up the turn, so nobody waits for a virtual rank that cannot go on.

import Platform
import Supervision
import Foundation

/// The virtual ranks of a rank that wait for each other. Virtual rank 0 is the caller's thread, the only one that may
/// talk to other ranks.
final class VirtualRankAllReduce: @unchecked Sendable {
    private let condition = NSCondition()
    private let atOnce: Int
    private let sumOverRanks: ([[Double]]) -> [Double]

    /// What each virtual rank brought to the sum in progress, and how many have.
    private var brought: [[Double]]
    private var arrived = 0

    /// The last sum, how long the ranks took for it, and the number of sums so far.
    private var sum: [Double] = []
    private var seconds = 0.0
    private var sums = 0

    /// Virtual ranks that compute now.
    private var busy = 0

    /// - Parameters:
    ///   - virtualRanks: the virtual ranks of this rank.
    ///   - atOnce: how many of them may compute at a time.
    ///   - sum: sums one row per virtual rank of this rank over all ranks.
    init(virtualRanks: Int, atOnce: Int, sum: @escaping ([[Double]]) -> [Double]) {
        (self.atOnce, sumOverRanks) = (atOnce, sum)
        brought = Array(repeating: [], count: virtualRanks)
    }

    /// Runs a virtual rank's work as soon as it has a turn.
    func inTurn<Failure: Error>(_ work: () throws(Failure) -> Void) throws(Failure) {
        condition.lock()
        takeTurn()
        condition.unlock()
        defer {
            condition.lock()
            leaveTurn()
            condition.unlock()
        }
        try work()
    }

    /// Replaces the numbers of every virtual rank by their sum, within its work; all virtual ranks call it equally
    /// often.
    ///
    /// Returns the seconds that the ranks took for it, once the virtual ranks of this one had come.
    func sum(_ elements: inout [Double], of virtualRank: Int) -> Double {
        condition.lock()
        let before = sums
        brought[virtualRank] = elements
        arrived += 1
        leaveTurn()
        if virtualRank == 0 {
            while arrived < brought.count { condition.wait() }
            let start = now()
            (sum, arrived, sums) = (sumOverRanks(brought), 0, sums + 1)
            seconds = now() - start
            condition.broadcast()
        } else {
            while sums == before { condition.wait() }
        }
        elements = sum
        let seconds = seconds
        takeTurn()
        condition.unlock()
        return seconds
    }

    private func takeTurn() {
        while busy == atOnce { condition.wait() }
        busy += 1
    }

    private func leaveTurn() {
        busy -= 1
        condition.broadcast()
    }
}
