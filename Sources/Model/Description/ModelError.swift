// The error of an invalid network description, as a sentence.

/// A network that cannot be built, or cannot run on the given frames.
package struct ModelError: Error, Equatable, CustomStringConvertible {
    package let description: String

    package init(_ sentence: String) { description = sentence }
}
