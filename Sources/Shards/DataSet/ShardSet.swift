// A folder of shards as an indexed collection of sequences. The choice: opening checks each shard's table against the
// manifest, and a read checks its one frame against the table. Neither damage nor foreign data reach a model unnoticed,
// without extra reads.

import Formats
import Foundation

/// The sequences of a `*.shards` folder. A lock per shard, not per set, serializes the reads of several threads.
package final class ShardSet: SequenceSource {
    package let folder: String
    package let manifest: Manifest
    package var inputs: (any SequenceSource)? { inputSet }
    private let inputSet: ShardSet?

    /// The opened shards, by their index in the manifest.
    private let files: [SeekableZstdFile?]
    private let numbers: StoredNumbers

    /// Opens the shards that hold any of the sequences to be read; the others are not touched.
    ///
    /// Throws `ShardError` or `FormatError` for a folder that is not a data set, and for a shard that is missing, cut
    /// short or of another shape than the manifest says.
    ///
    /// - Parameter sequences: the indices of the sequences that will be read; nil for all.
    package convenience init(folder: String, reading sequences: [Range<Int>]? = nil) throws {
        try self.init(folder: folder, Manifest(folder: folder), reading: sequences)
    }

    private init(folder: String, _ manifest: Manifest, reading sequences: [Range<Int>]?) throws {
        (self.folder, self.manifest, numbers) = (folder, manifest, manifest.numbers)
        files = try manifest.shards.map { shard in
            guard sequences?.contains(where: shard.range.overlaps) ?? true else { return nil }
            return try manifest.open(shard, in: folder)
        }
        inputSet = try manifest.inputs.map {
            try Self.inputs(DataFolder.path(of: $0, in: folder), of: manifest, reading: sequences)
        }
    }

    private static func inputs(
        _ folder: String, of manifest: Manifest, reading sequences: [Range<Int>]?
    ) throws -> ShardSet {
        try ShardSet(
            folder: folder, Manifest(folder: folder).required(asInputsOf: manifest, folder), reading: sequences)
    }

    package var geometry: SequenceGeometry { manifest.geometry }
    package var count: Int { manifest.sequences }
    package var unit: String? { manifest.values?.unit }
    package var timeStep: Double? { manifest.timeStep }
    package var mayMiss: Bool { manifest.values != nil }
    package func firstTime(ofSequence sequence: Int) -> Date? { manifest.times?[sequence].date }
    package var valueRange: ClosedRange<Float> { manifest.valueRange[0]...manifest.valueRange[1] }

    /// The indices of the sequences of a split; empty if none were held back for it.
    package func range(of split: Split) -> Range<Int> { manifest.splits.range(of: split) }

    package func count(of split: Split) -> Int { range(of: split).count }

    /// Throws `FormatError` that names the file and the sequence if the stored bytes are damaged.
    package func read(sequence: Int, into values: inout MutableSpan<Float>) throws {
        check(values)
        numbers.decode(try checkedBytes(ofSequence: sequence)[...], into: &values)
    }

    /// Throws `FormatError` that names the file and the sequence if the stored bytes are damaged.
    package func load(sequence: Int) throws -> SequenceValues {
        guard numbers.isTabulated else { return SequenceValues(try self.sequence(sequence)) }
        return SequenceValues(try checkedBytes(ofSequence: sequence), numbers)
    }

    /// A sequence as stored, after a comparison with the range by which all values are scaled. NaN is left to later
    /// checks.
    private func checkedBytes(ofSequence sequence: Int) throws -> [UInt8] {
        precondition((0..<count).contains(sequence), "no sequence \(sequence) of \(count)")
        let bytes = try bytes(ofSequence: sequence), range = valueRange
        if manifest.hasMeasuredValues, let value = numbers.value(in: bytes, outside: range) {
            throw FormatError(
                file: "\(folder)/\(Manifest.fileName)",
                problem:
                    "gives the range \(range.lowerBound) to \(range.upperBound) and sequence \(sequence) holds \(value)",
                advice: "copy the data set again, or split the data again")
        }
        return bytes
    }

    /// A sequence as stored: shape (frames, height, width, channels), in the manifest's element type.
    package func bytes(ofSequence sequence: Int) throws -> [UInt8] {
        let index = shardIndex(of: sequence), shard = manifest.shards[index]
        guard let file = files[index] else { preconditionFailure("the shard of sequence \(sequence) was not opened") }
        var bytes = [UInt8](repeating: 0, count: manifest.sequenceBytes), span = bytes.mutableSpan
        try file.decode(frame: 1 + sequence - shard.first, named: "sequence \(sequence)", into: &span)
        return bytes
    }

    private func shardIndex(of sequence: Int) -> Int {
        var low = 0, high = manifest.shards.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if manifest.shards[middle].first <= sequence { low = middle } else { high = middle }
        }
        return low
    }
}

// Comparison of the shards with the manifest

extension ShardSet {
    /// Compares whole files with their digests if the manifest has no digests of their tables, which opening compares.
    /// With several readers of the same files, each checks every `parts`-th opened file.
    ///
    /// Throws `FormatError` that names the first file that differs from what was written.
    package func requireWholeShards(part: Int = 0, of parts: Int = 1) throws {
        let unread = zip(files, manifest.shards).compactMap { file, shard in
            shard.tableSha256 == nil ? file.map { ($0, shard) } : nil
        }
        for index in stride(from: part, to: unread.count, by: parts) {
            let (file, shard) = unread[index]
            guard try file.sha256() == shard.sha256 else {
                throw Manifest.mismatch(of: file.path, difference: "has another SHA-256", folder: folder)
            }
        }
        try inputSet?.requireWholeShards(part: part, of: parts)
    }
}

extension Manifest {
    /// Opens a shard whose table and header match this manifest.
    ///
    /// Throws `FormatError` for a file that is missing, damaged or another one.
    func open(_ shard: Shard, in folder: String) throws -> SeekableZstdFile {
        let file = try SeekableZstdFile(path: DataFolder.path(of: shard.file, in: folder))
        if let difference = try difference(of: file, from: shard) {
            throw Self.mismatch(of: file.path, difference: difference, folder: folder)
        }
        return file
    }

    static func mismatch(of path: String, difference: String, folder: String) -> FormatError {
        FormatError(
            file: path, problem: "is not the shard that \(fileName) describes: it \(difference)",
            advice: "copy the data set again, or split the data again; `convlstm-shard verify \(folder)` tells more")
    }

    /// How a shard file differs from its entry in the manifest, as a clause; nil if it matches. All of it is read from
    /// the file itself.
    private func difference(of file: SeekableZstdFile, from shard: Shard) throws -> String? {
        if file.size != shard.bytes { return "has \(file.size) bytes and not \(shard.bytes)" }
        let header = ShardFile.header(self, sequences: shard.sequences).encoded
        let sequences = file.frameCount - 1
        if sequences != shard.sequences { return "holds \(sequences) sequences and not \(shard.sequences)" }
        if let wrong = (1..<file.frameCount).first(where: { file.contentSize(ofFrame: $0) != sequenceBytes }) {
            let bytes = file.contentSize(ofFrame: wrong)
            return "has \(bytes) bytes in sequence \(shard.first + wrong - 1) and not \(sequenceBytes)"
        }
        if let expected = shard.tableSha256, file.tableSha256 != expected { return "has a table of other sequences" }
        guard file.contentSize(ofFrame: 0) == header.count else { return "has another .npy header" }
        var content = [UInt8](repeating: 0, count: header.count), span = content.mutableSpan
        try file.decode(frame: 0, named: "its .npy header", into: &span)
        return content == header ? nil : "has another .npy header"
    }

    /// This manifest, after checking that it describes the inputs of another data set.
    ///
    /// Throws `ShardError` if it does not match the other one.
    package func required(asInputsOf other: Manifest, _ folder: String) throws -> Manifest {
        guard inputs == nil else {
            throw ShardError("\(folder) holds inputs and has inputs of its own; split the data again")
        }
        guard geometry == other.geometry, sequences == other.sequences, splits == other.splits else {
            throw ShardError(
                "\(folder) holds \(sequences) sequences of \(geometry), and its data set \(other.sequences) of "
                    + "\(other.geometry), or their splits differ; mend it by `convlstm-shard repair`, or "
                    + "split the data again")
        }
        if let expected = other.inputsSha256, try Digest.ofFile("\(folder)/\(Self.fileName)") != expected {
            throw ShardError(
                "\(folder) holds other inputs than its data set was made with; mend it by `convlstm-shard repair`, or copy or "
                    + "split the data again")
        }
        return self
    }
}
