// What a run does about an update that is not finite.

/// What a run does about an update that is not finite.
package enum NonFinitePolicy: String, Codable, CaseIterable, Sendable {
    /// Ends the run before the update.
    case abort

    /// Skips the update and continues with the next batch.
    case skip

    /// Resumes from the last checkpoint, and skips the update if it is not finite a second time.
    case rollback
}
