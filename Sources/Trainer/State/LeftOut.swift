// How many updates a run has left out, which a checkpoint remembers.

/// Updates that were left out of a run.
package struct LeftOut: Codable, Sendable, Equatable {
    package var total = 0

    /// Since the last one that was made.
    package var inARow = 0

    package init(total: Int = 0, inARow: Int = 0) { (self.total, self.inARow) = (total, inARow) }
}
