// Checks of options that every command makes before it starts: numbers in range, and names that are not empty.

import ArgumentParser
import Foundation

package enum OptionCheck {
    /// Throws a usage error unless an option's number is in a range.
    package static func require(_ value: Int, in range: ClosedRange<Int>, _ option: String) throws {
        guard range.contains(value) else {
            throw ValidationError(
                "\(option) is \(value); give a number from \(range.lowerBound) to \(range.upperBound)")
        }
    }

    /// Throws a usage error if an option or argument that names a file or folder is empty, as for `--data $unset`.
    package static func requireNames(_ options: [(option: String, name: String?)]) throws {
        for it in options where it.name?.isEmpty == true {
            throw ValidationError("\(it.option) is empty; give a name, or leave it out")
        }
    }
}
