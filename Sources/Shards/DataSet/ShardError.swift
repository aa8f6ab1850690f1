// The errors of a data set as a whole, beyond damage to a single file.

/// The reason why a data set cannot be made or used, and what to do about it, in one sentence.
package struct ShardError: Error, Equatable, CustomStringConvertible {
    package var description: String

    package init(_ description: String) {
        self.description = description
    }
}
