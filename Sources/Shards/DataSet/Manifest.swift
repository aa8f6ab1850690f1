// The description of a folder of shards. It is written last, so that a folder that has it is complete. The choice:
// readable JSON with everything that a program in another language needs to use the shards.

import Formats
import Foundation

/// The content of `manifest.json`.
package struct Manifest: Codable, Equatable, Sendable {
    /// A file of consecutive sequences.
    package struct Shard: Codable, Equatable, Sendable {
        package var file: String
        package var first: Int
        package var sequences: Int
        package var bytes: Int
        /// The SHA-256 of the whole file, as 64 hexadecimal digits.
        package var sha256: String
        /// The SHA-256 of the table at the file's end, which holds the checksum of every frame; nil in older data sets.
        package var tableSha256: String?
        /// The number of missing pixels; nil if nothing says what the numbers mean.
        package var missing: Int?

        package var range: Range<Int> { first..<first + sequences }
    }

    package static let fileName = "manifest.json"
    /// The file beside the manifest with its SHA-256, in the format of sha256sum; older data sets have none.
    package static let digestFileName = fileName + ".sha256"
    /// 1 for bytes and floats of which nothing else is known, as all programs wrote them; 2 for all others.
    static let versions = 1...2

    package var version: Int
    package var geometry: SequenceGeometry
    package var elementType: ElementType
    /// What the stored numbers mean; nil if they are the values.
    package var values: ValueDescription?
    /// The seconds from a frame to the next; nil if not known.
    package var timeStep: Double?
    /// The time of the first frame of each sequence; nil if not known.
    package var times: [UTCTime]?
    /// The smallest and largest value, in the unit of the values: 0 and 255 for bytes of which nothing says what they
    /// mean, the measured ones for all others.
    package var valueRange: [Float]
    package var sequences: Int
    package var splits: [SplitRange]
    package var shards: [Shard]
    /// The folder inside this one, also a data set, with the network inputs of each sequence; nil if the sequences
    /// themselves are the inputs.
    package var inputs: String?
    /// The SHA-256 of the manifest of the inputs; nil in older data sets.
    package var inputsSha256: String?

    /// Whether `valueRange` is that of the values, and not that of the type.
    package var hasMeasuredValues: Bool { elementType != .uint8 || values != nil }

    /// The number of bytes of a sequence before compression.
    package var sequenceBytes: Int { geometry.elements * elementType.size }

    init(
        geometry: SequenceGeometry, elementType: ElementType, facts: SequenceFacts = SequenceFacts(),
        valueRange: [Float], sequences: Int, splits: [SplitRange], shards: [Shard]
    ) {
        (self.geometry, self.elementType, self.valueRange) = (geometry, elementType, valueRange)
        (self.sequences, self.splits, self.shards) = (sequences, splits, shards)
        (values, timeStep, times) = (facts.values, facts.timeStep, facts.times)
        version = facts == SequenceFacts() && Self.isOfVersion1(elementType) ? 1 : 2
    }

    static func isOfVersion1(_ type: ElementType) -> Bool { type == .uint8 || type == .float32 }

    /// The content of the file: the same manifest always gives the same bytes.
    ///
    /// Throws `ShardError` for more bytes than are read.
    func text() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let text = [UInt8](try encoder.encode(self)) + [UInt8(ascii: "\n")]
        guard text.count <= Self.mostBytes else {
            throw ShardError(
                "the \(Self.fileName) of \(sequences) sequences with their times would be of \(text.count) bytes, and is of at "
                    + "most \(Self.mostBytes); cut fewer with a larger --stride, or make several data sets")
        }
        return text
    }

    /// Writes the manifest to `folder`, after the file with its digest and as the last file of all.
    func write(toFolder folder: String) throws {
        try writeDigest(toFolder: folder)
        try Self.write(text(), to: folder + "/" + Self.fileName)
    }

    /// Writes the manifest in place of another that is sound. Whenever this ends, the folder holds either manifest.
    func replace(inFolder folder: String) throws {
        let digest = "\(folder)/\(Self.digestFileName)"
        try Folder.remove(digest)
        try AtomicFile.syncFolder(of: digest)
        try Self.write(text(), to: folder + "/" + Self.fileName)
        try writeDigest(toFolder: folder)
    }

    /// Writes the file with the manifest's digest.
    func writeDigest(toFolder folder: String) throws {
        let line = "\(Digest.of(try text()))  \(Self.fileName)\n"
        try Self.write([UInt8](line.utf8), to: "\(folder)/\(Self.digestFileName)")
    }

    private static func write(_ bytes: [UInt8], to path: String) throws {
        let file = try AtomicFile(path: path)
        try file.append(bytes.span)
        try file.commit()
    }
}
