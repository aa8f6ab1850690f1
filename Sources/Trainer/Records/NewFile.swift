// A file that a command creates for a person. The choice: as a new folder, it takes nobody else's place.

import Configuration
import Formats
import Foundation
import Platform

package enum NewFile {
    /// Throws a usage error if `path` is there already, or does not end as its format does.
    ///
    /// - Parameter suffix: the end of its name, such as `npz`.
    package static func require(_ path: String, suffix: String, option: String = "--output") throws {
        guard URL(fileURLWithPath: path).lastPathComponent.lowercased().hasSuffix("." + suffix) else {
            throw TrainingError.usage(
                "\(option) is \(path.quotable()), and files of this format end in .\(suffix), by which other tools know them; "
                    + "give it that name")
        }
        guard try !Folder.holds(path) else {
            throw TrainingError.usage("\(path) exists; remove it, or give another \(option)")
        }
    }
}
