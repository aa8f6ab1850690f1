// The files of this repository that are no code of a test: documents and scripts.

import Foundation

package enum Repository {
    /// Its folder, with a slash at the end.
    package static let path =
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path + "/"

    /// The text of one of its files.
    package static func text(of file: String) throws -> String {
        try String(contentsOfFile: path + file, encoding: .utf8)
    }
}
