// Access to files of this repository other than test code: documents, scripts and fixtures.

import Foundation

package enum Repository {
    /// The path of the repository, with a slash at the end.
    package static let path =
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path + "/"

    /// A committed reference file of a test target, written by a script beside it.
    package static func fixture(_ name: String, of target: String) -> URL {
        URL(fileURLWithPath: "\(path)Tests/\(target)/Fixtures/\(name)")
    }

    /// The text of a file of the repository.
    package static func text(of file: String) throws -> String {
        try String(contentsOfFile: path + file, encoding: .utf8)
    }
}
