// An error of a training run, as a sentence. The choice: the error records whether the request was impossible or the
// run failed, because exit codes distinguish the two.

/// The reason why a run cannot start or continue.
package struct TrainingError: Error, Equatable, CustomStringConvertible {
    package let description: String

    /// Whether the cause is the request, and not a failure.
    package let isUsage: Bool

    /// Makes an error for a failure of the run.
    package init(_ sentence: String) { (description, isUsage) = (sentence, false) }

    /// Makes an error for a request that cannot be fulfilled.
    package static func usage(_ sentence: String) -> TrainingError { TrainingError(sentence, isUsage: true) }

    private init(_ sentence: String, isUsage: Bool) { (description, self.isUsage) = (sentence, isUsage) }
}
