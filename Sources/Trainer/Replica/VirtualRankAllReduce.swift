// An all-reduce over virtual ranks within a pass, for batch normalization. The choice: every virtual rank has a
// thread, so that all can reach the sum, and slots limit how many compute at once to the configured number. A
// thread that waits here gives up its slot, so that nobody waits for a blocked virtual rank.

import Platform
import Supervision
import Foundation

/// The virtual ranks of a rank that wait for one another. Virtual rank 0 is the caller's thread, the only one that
/// may communicate with other ranks.
final class VirtualRankAllReduce: @unchecked Sendable {
    private let condition = NSCondition()
    private let atOnce: Int
    private let sumOverRanks: ([[Double]]) -> [Double]

    /// The values that each virtual rank contributed to the sum in progress, and the number of contributions.
    private var brought: [[Double]]
    private var arrived = 0

    /// The last sum, its duration over the ranks, and the number of sums so far.
    private var sum: [Double] = []
    private var seconds = 0.0
    private var sums = 0

    /// The number of virtual ranks that compute now.
    private var busy = 0

    /// - Parameters:
    ///   - virtualRanks: the number of virtual ranks of this rank.
    ///   - atOnce: the maximum number of them that compute at a time.
    ///   - sum: sums one row per virtual rank of this rank over all ranks.
    init(virtualRanks: Int, atOnce: Int, sum: @escaping ([[Double]]) -> [Double]) {
        (self.atOnce, sumOverRanks) = (atOnce, sum)
        brought = Array(repeating: [], count: virtualRanks)
    }

    /// Runs a virtual rank's work as soon as a slot is free.
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

    /// Replaces the values of every virtual rank by their sum, within its work. All virtual ranks call it equally
    /// often.
    ///
    /// Returns the seconds that the ranks took for the sum, after all virtual ranks of this one had arrived.
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
