// What `checkpoints.json` says: the digests of a folder's checkpoints, and which one is best. The choice: the files are
// the truth and the index is what is known of them, so a lost index loses nothing.

import Formats
import Foundation

/// The content of `checkpoints.json`.
package struct CheckpointIndex: Codable, Equatable, Sendable {
    /// One checkpoint.
    package struct Entry: Codable, Equatable, Sendable {
        package var file: String
        package var step: Int
        package var bytes: Int
        /// 64 hexadecimal digits over the whole file.
        package var sha256: String
    }

    package static let fileName = "checkpoints.json"

    /// In the order of their steps.
    package var checkpoints: [Entry] = []

    /// The file with the lowest validation loss, if the run validates.
    package var best: String?

    /// The index of a folder; empty where there is none, or none that can be read.
    package init(folder: String) {
        let data = FileManager.default.contents(atPath: folder + "/" + Self.fileName) ?? Data()
        if let index = try? JSONDecoder().decode(CheckpointIndex.self, from: data) { self = index }
    }

    package subscript(file: String) -> Entry? { checkpoints.first { $0.file == file } }

    func write(folder: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let text = [UInt8](try encoder.encode(self)) + [UInt8(ascii: "\n")]
        let file = try AtomicFile(path: folder + "/" + Self.fileName)
        try file.append(text.span)
        try file.commit()
    }
}
