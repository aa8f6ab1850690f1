// How a run handles an update whose loss or gradient is NaN or infinite.

/// How a run handles an update whose loss or gradient is NaN or infinite.
package enum NonFinitePolicy: String, Codable, CaseIterable, Sendable {
    /// Ends the run before the update.
    case abort

    /// Skips the update and continues with the next batch.
    case skip

    /// Resumes from the last checkpoint, and skips the update if it is not finite a second time.
    case rollback
}
