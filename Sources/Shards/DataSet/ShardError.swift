// What can be wrong with a data set, beyond a single file being damaged.

/// A data set that cannot be made or used, with what to do, as one sentence.
package struct ShardError: Error, Equatable, CustomStringConvertible {
    package var description: String

    package init(_ description: String) {
        self.description = description
    }
}
