// The number of updates that a run has skipped, which a checkpoint stores.

/// The skipped updates of a run.
package struct LeftOut: Codable, Sendable, Equatable {
    package var total = 0

    /// The number of consecutive skipped updates since the last one that was made.
    package var inARow = 0

    package init(total: Int = 0, inARow: Int = 0) { (self.total, self.inARow) = (total, inARow) }
}
