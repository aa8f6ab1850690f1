// The files of this repository that are no code of a test: documents and scripts.

import Foundation

package enum Repository {
    /// Its folder, with a slash at the end.
    package static let path =
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path + "/"

    /// A committed file that a test target compares with, written by a script beside it.
    package static func fixture(_ name: String, of target: String) -> URL {
        URL(fileURLWithPath: "\(path)Tests/\(target)/Fixtures/\(name)")
    }

    /// The text of one of its files.
    package static func text(of file: String) throws -> String {
        try String(contentsOfFile: path + file, encoding: .utf8)
    }
}
