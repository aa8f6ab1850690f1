// What becomes of an update whose loss or gradient is not finite. The choice: ranks decide by the sums, which are the
// same bits everywhere, so they need not ask one another; a batch that the run went back from is left out only if it
// comes out the same again.

import Configuration

/// A policy at work.
package struct NonFiniteJudge: Sendable {
    package enum Verdict: Equatable, Sendable { case end, leaveOut, goBack }

    /// Left out one after the other, more say that no batch is to blame.
    package static let mostInARow = 10

    private let policy: NonFinitePolicy

    /// Steps that the run went back from.
    private var known: Set<Int> = []

    package init(_ policy: NonFinitePolicy) { self.policy = policy }

    /// About the update that would be number `step`, after those already left out.
    package mutating func verdict(step: Int, after leftOut: LeftOut) -> Verdict {
        guard policy != .abort, leftOut.inARow < Self.mostInARow else { return .end }
        return policy == .rollback && known.insert(step).inserted ? .goBack : .leaveOut
    }
}
