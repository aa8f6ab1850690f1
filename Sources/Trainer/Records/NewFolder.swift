// A folder that a command makes for a person. The choice: everything is written to a hidden folder that takes its name
// at the end, so there is a whole answer or none, whatever signal ends it.

import Configuration
import Formats
import Foundation
import Platform

package enum NewFolder {
    /// Throws a usage error if there is something at `path` that would be lost.
    package static func require(_ path: String) throws {
        let name = URL(fileURLWithPath: path).lastPathComponent
        guard !path.isEmpty, !["", ".", "..", "/"].contains(name) else {
            throw TrainingError.usage("\"\(path)\" is no name for a new folder; give one with --output")
        }
        guard try !Folder.holds(path) || Folder.isOne(path) && Folder.names(in: path)?.isEmpty ?? true else {
            throw TrainingError.usage("\(path) exists and is not an empty folder; remove it, or give another --output")
        }
    }

    /// Makes the folder of what `write` puts into the one that it is given.
    package static func make<Result>(_ path: String, _ write: (String) throws -> Result) throws -> Result {
        try Folder.make(URL(fileURLWithPath: path).deletingLastPathComponent().path)
        Interruption.listen()
        let folder = try AtomicFolder(path: path), result: Result
        do {
            result = try write(folder.temporary)
        } catch var error as FormatError {
            // A person knows the folder by its own name.
            error.file = error.file.replacing(folder.temporary, with: path)
            throw error
        }
        try Interruption.check()
        try folder.commit()
        return result
    }
}
