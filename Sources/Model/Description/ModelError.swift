// The error of an invalid network description, as a sentence.

import Platform

/// A network that cannot be built, or cannot run on the given frames.
package struct ModelError: Error, Equatable, CustomStringConvertible {
    package let description: String

    /// Makes an error of a sentence, which stays on one line and short whatever layers are called.
    package init(_ sentence: String) { description = sentence.quotable(480) }
}
