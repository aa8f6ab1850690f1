// What can be wrong with a description of a network, as a sentence.

/// A network that cannot be built, or cannot run on the frames it is given.
package struct ModelError: Error, Equatable, CustomStringConvertible {
    package let description: String

    package init(_ sentence: String) { description = sentence }
}
