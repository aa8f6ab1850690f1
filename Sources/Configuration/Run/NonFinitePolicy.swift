// What a person wants a run to do about an update that is not finite.

/// What a person wants a run to do about an update that is not finite.
package enum NonFinitePolicy: String, Codable, CaseIterable, Sendable {
    /// End before the update.
    case abort

    /// Leave the update out and go on with the next batch.
    case skip

    /// Go on from the last checkpoint; leave the update out if it is not finite a second time.
    case rollback
}
