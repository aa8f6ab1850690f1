// What can be wrong with a training run, as a sentence. The choice: the error knows whether the person asked for
// something impossible or the run failed, because exit codes tell these apart.

/// A run that cannot start, or cannot go on.
package struct TrainingError: Error, Equatable, CustomStringConvertible {
    package let description: String

    /// Whether what was asked for is the cause, rather than what happened.
    package let isUsage: Bool

    /// A failure of the run.
    package init(_ sentence: String) { (description, isUsage) = (sentence, false) }

    /// A request that cannot be fulfilled.
    package static func usage(_ sentence: String) -> TrainingError { TrainingError(sentence, isUsage: true) }

    private init(_ sentence: String, isUsage: Bool) { (description, self.isUsage) = (sentence, isUsage) }
}
