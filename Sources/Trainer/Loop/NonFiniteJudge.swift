// Decides how an update with a loss or gradient that is not finite is handled. The choice: ranks decide from the
// reduced values, which are the same bits everywhere, and need no communication. After a rollback, a batch is
// skipped only if it gives the same result again.

import Configuration

/// A policy with its state.
package struct NonFiniteJudge: Sendable {
    package enum Verdict: Equatable, Sendable { case end, leaveOut, goBack }

    /// The maximum number of consecutive skipped updates. More of them mean that no single batch is the cause.
    package static let mostInARow = 10

    private let policy: NonFinitePolicy

    /// The steps that the run has rolled back from.
    private var known: Set<Int> = []

    package init(_ policy: NonFinitePolicy) { self.policy = policy }

    /// Decides about the update with the index `step`, after those already skipped.
    package mutating func verdict(step: Int, after leftOut: LeftOut) -> Verdict {
        guard policy != .abort, leftOut.inARow < Self.mostInARow else { return .end }
        return policy == .rollback && known.insert(step).inserted ? .goBack : .leaveOut
    }
}
