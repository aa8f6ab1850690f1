// What every command asks of its options before it does anything: numbers in range, names that are none, and nothing to
// overwrite.

import ArgumentParser
import Foundation

package enum OptionCheck {
    /// Throws an error of usage unless an option's number is in a range.
    package static func require(_ value: Int, in range: ClosedRange<Int>, _ option: String) throws {
        guard range.contains(value) else {
            throw ValidationError(
                "\(option) is \(value); give a number from \(range.lowerBound) to \(range.upperBound)")
        }
    }

    /// Throws an error of usage where an option or an argument that names a file or a folder is empty, as `--data
    /// $unset` is.
    package static func requireNames(_ options: [(option: String, name: String?)]) throws {
        for it in options where it.name?.isEmpty == true {
            throw ValidationError("\(it.option) is empty; give a name, or leave it out")
        }
    }
}
