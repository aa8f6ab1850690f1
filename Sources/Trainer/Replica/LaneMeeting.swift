// Where lanes add up numbers in the middle of a pass, as batch normalisation wants. The choice: every lane has a
// thread, so that all can arrive, and takes turns with the others, so that no more compute at once than a person asked
// for; who waits here gives up the turn, so nobody waits for a lane that cannot go on.

import Supervision
import Foundation

/// The lanes of a rank that wait for each other. Lane 0 is the caller's thread, the only one that may talk to other
/// ranks.
final class LaneMeeting: @unchecked Sendable {
    private let condition = NSCondition()
    private let atOnce: Int
    private let add: ([[Double]]) -> [Double]

    /// What each lane brought to the sum in progress, and how many have.
    private var brought: [[Double]]
    private var arrived = 0

    /// The last sum, how long the ranks took for it, and the number of sums so far.
    private var sum: [Double] = []
    private var seconds = 0.0
    private var sums = 0

    /// Lanes that compute now.
    private var busy = 0

    /// - Parameters:
    ///   - lanes: of this rank.
    ///   - atOnce: how many may compute at a time.
    ///   - add: the sum of one list of numbers for each lane, over all ranks.
    init(lanes: Int, atOnce: Int, add: @escaping ([[Double]]) -> [Double]) {
        (self.atOnce, self.add) = (atOnce, add)
        brought = Array(repeating: [], count: lanes)
    }

    /// Runs a lane's work as soon as it has a turn.
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

    /// Replaces the numbers of every lane by their sum, within its work; all lanes call it equally often.
    ///
    /// Returns the seconds that the ranks took for it, once the lanes of this one had come.
    func sum(_ numbers: inout [Double], of lane: Int) -> Double {
        condition.lock()
        let before = sums
        brought[lane] = numbers
        arrived += 1
        leaveTurn()
        if lane == 0 {
            while arrived < brought.count { condition.wait() }
            let start = now()
            (sum, arrived, sums) = (add(brought), 0, sums + 1)
            seconds = now() - start
            condition.broadcast()
        } else {
            while sums == before { condition.wait() }
        }
        numbers = sum
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
