// The file `checkpoints.json`: the digests of a folder's checkpoints, and the best one. The choice: it is for
// people and their scripts. The program derives it from the files and relies on the files alone, so that a lost or
// damaged index does no harm.

import Formats
import Foundation

/// The content of `checkpoints.json`.
package struct CheckpointIndex: Codable, Equatable, Sendable {
    /// One checkpoint.
    package struct Entry: Codable, Equatable, Sendable {
        package var file: String
        package var step: Int
        package var bytes: Int
        /// The SHA-256 of the whole file, as 64 hexadecimal digits.
        package var sha256: String
    }

    package static let fileName = "checkpoints.json"

    /// The checkpoints in the order of their steps.
    package var checkpoints: [Entry]

    /// The file with the lowest validation loss, if the run validates.
    package var best: String?

    /// The maximum size of an index file in bytes.
    private static let largest = 1 << 24

    init(checkpoints: [Entry], best: String?) { (self.checkpoints, self.best) = (checkpoints, best) }

    /// Reads the index of a folder; empty if there is none.
    ///
    /// Throws `FormatError` if it cannot be read.
    package init(folder: String) throws {
        let path = folder + "/" + Self.fileName
        self.init(checkpoints: [], best: nil)
        guard try Folder.holds(path) else { return }
        let file = try InputFile(path: path)
        guard file.size <= Self.largest, let index = try? JSONDecoder().decode(Self.self, from: Data(file.bytes()))
        else {
            throw FormatError(
                file: path, problem: "is damaged, and the checkpoints that it lists are not",
                advice: "remove it; the next `train` of the run writes it anew")
        }
        self = index
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
