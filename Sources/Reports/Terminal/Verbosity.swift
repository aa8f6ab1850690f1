// How much a run tells on standard error; its log has all of it in any case.

/// What of a run's messages a person wants to see.
package enum Verbosity: Sendable {
    /// Warnings and errors.
    case quiet
    /// Messages and progress.
    case normal
    /// Also each step with its phases.
    case verbose
}
