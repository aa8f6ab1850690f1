// A folder that a command creates for a person. The choice: everything is written to a hidden folder that is
// renamed at the end, so that the result is complete or absent, whatever signal ends the command.

import Configuration
import Formats
import Foundation
import Platform

package enum NewFolder {
    /// Throws a usage error if `path` holds something that would be lost.
    package static func require(_ path: String, option: String = "--output") throws {
        let name = URL(fileURLWithPath: path).lastPathComponent
        guard !path.isEmpty, !["", ".", "..", "/"].contains(name) else {
            throw TrainingError.usage("\"\(path)\" is not a name for a new folder; give one with \(option)")
        }
        guard try !Folder.holds(path) || Folder.isOne(path) && Folder.names(in: path)?.isEmpty ?? true else {
            throw TrainingError.usage("\(path) exists and is not an empty folder; remove it, or give another \(option)")
        }
    }

    /// Creates the folder from the files that `write` puts into the temporary folder that it is given.
    package static func make<Result>(_ path: String, _ write: (String) throws -> Result) throws -> Result {
        try Folder.make(URL(fileURLWithPath: path).deletingLastPathComponent().path)
        Interruption.listen()
        let folder = try AtomicFolder(path: path), result: Result
        do {
            result = try write(folder.temporary)
        } catch var error as FormatError {
            // Errors name the final folder, which the person knows.
            error.file = error.file.replacing(folder.temporary, with: path)
            throw error
        }
        try Interruption.check()
        try folder.commit()
        return result
    }
}
