// Writes a folder of shards. The choice: all files go into a hidden folder that is renamed at the end, and each
// sequence is a zstd frame of its own, compressed on all cores and written in order.

import Platform
import Foundation
import Formats

/// A data set being written. Sequences are appended in order, and the data set exists once `finish` returns.
package final class ShardWriter {
    package let folder: String
    private let output: AtomicFolder
    private let ranges: [Range<Int>]
    private let mostShards: Int
    private let level: Int
    private let sequenceBytes: Int
    private var manifest: Manifest
    private var shard: SeekableZstdWriter?
    private var next = 0

    private let numbers: StoredNumbers
    /// What was measured of the current shard, and of all before it.
    private var ofShard = ValueMeasurement(), ofAll = ValueMeasurement()

    /// The smallest and largest value of the shards written so far; nil if all pixels are missing.
    package var values: ClosedRange<Float>? { ofAll.range }

    /// Prepares `shards` files (fewer if there are fewer sequences) at zstd's compression `level`.
    ///
    /// Throws `ShardError` if `folder` exists, and `FormatError` if its parent is not writable.
    package init(
        folder: String, geometry: SequenceGeometry, elementType: ElementType, facts: SequenceFacts = SequenceFacts(),
        splits: [SplitRange], shards: Int, level: Int
    ) throws {
        try DataFolder.requireAbsent(folder)
        let sequences = splits.reduce(0) { $0 + $1.sequences }
        (self.folder, mostShards, self.level) = (folder, shards, level)
        sequenceBytes = geometry.elements * elementType.size
        ranges = (0..<sequences).nonemptyParts(atMost: shards)
        manifest = Manifest(
            geometry: geometry, elementType: elementType, facts: facts, valueRange: [0, 255], sequences: sequences,
            splits: splits, shards: [])
        numbers = manifest.numbers
        output = try AtomicFolder(path: folder)
    }

    /// A writer for the network inputs that replace these sequences; it must be finished before this writer.
    package func inputs(elementType: ElementType, facts: SequenceFacts = SequenceFacts()) throws -> ShardWriter {
        manifest.inputs = "inputs"
        return try ShardWriter(
            folder: output.temporary + "/inputs", geometry: manifest.geometry, elementType: elementType, facts: facts,
            splits: manifest.splits, shards: mostShards, level: level)
    }

    /// Appends whole sequences, of shape (sequences, frames, height, width, channels).
    package func append(_ bytes: [UInt8]) throws {
        precondition(bytes.count.isMultiple(of: sequenceBytes), "\(bytes.count) bytes are no whole sequences")
        for (frame, found) in try compressed(bytes).joined() { try append(frame, found) }
    }

    /// Writes the manifest and renames the folder to its final name.
    package func finish() throws -> Manifest {
        var manifest = try shards().manifest
        if let inputs = manifest.inputs {
            manifest.inputsSha256 = try Digest.ofFile("\(output.temporary)/\(inputs)/\(Manifest.fileName)")
        }
        try manifest.write(toFolder: output.temporary)
        try output.commit()
        return manifest
    }

    /// The shards of all sequences, as their manifest describes them, and the folder in which they are until this
    /// writer is gone.
    ///
    /// Throws `ShardError` if all pixels are missing.
    func shards() throws -> (manifest: Manifest, folder: String) {
        precondition(next == manifest.sequences, "\(next) of \(manifest.sequences) sequences were appended")
        var manifest = manifest
        if manifest.hasMeasuredValues {
            guard let values else {
                throw ShardError("all pixels of these sequences are missing; check --missing, --mask and the times")
            }
            manifest.valueRange = [values.lowerBound, values.upperBound]
        }
        return (manifest, output.temporary)
    }

    /// Each sequence as a frame with the measurement of its values, in order, computed in one run of sequences per core.
    private func compressed(_ bytes: [UInt8]) throws -> [[([UInt8], ValueMeasurement)]] {
        let (level, size, numbers) = (level, sequenceBytes, numbers)
        let runs = (0..<bytes.count / size).nonemptyParts(atMost: ProcessInfo.processInfo.activeProcessorCount)
        return try Parallel.map(runs.count) { run in
            let compressor = try ZstdCompressor(level: level)
            return try runs[run].map { sequence in
                let range = sequence * size..<(sequence + 1) * size
                return (try compressor.frame(of: bytes.span.extracting(range)), numbers.measure(bytes[range]))
            }
        }
    }

    private func append(_ frame: [UInt8], _ found: ValueMeasurement) throws {
        guard !found.isOdd else {
            throw ShardError(
                "sequence \(next) holds values that do not fit into numbers of 32 bits; check --scale and --missing, or replace them"
            )
        }
        ofShard.join(found)
        let index = manifest.shards.count, range = ranges[index]
        if next == range.lowerBound { shard = try opened(index) }
        try shard?.append(frame: frame, contentSize: sequenceBytes)
        next += 1
        if next == range.upperBound { try close(index) }
    }

    private func opened(_ index: Int) throws -> SeekableZstdWriter {
        let writer = try SeekableZstdWriter(path: output.temporary + "/" + fileName(index))
        let header = ShardFile.header(manifest, sequences: ranges[index].count).encoded
        try writer.append(frame: ZstdCompressor(level: level).frame(of: header.span), contentSize: header.count)
        return writer
    }

    private func close(_ index: Int) throws {
        guard let (bytes, sha256, table) = try shard?.finish() else { return }
        shard = nil
        let range = ranges[index]
        manifest.shards.append(
            Manifest.Shard(
                file: fileName(index), first: range.lowerBound, sequences: range.count, bytes: bytes, sha256: sha256,
                tableSha256: table, missing: manifest.values == nil ? nil : ofShard.missing))
        ofAll.join(ofShard)
        ofShard = ValueMeasurement()
    }

    private func fileName(_ index: Int) -> String {
        func digits(_ number: Int) -> String { String(String(100_000 + number).suffix(5)) }
        return "\(digits(index))-of-\(digits(ranges.count)).npy.zst"
    }
}

/// The layout of a shard: frame 0 is a .npy header, frame k + 1 the shard's sequence k.
enum ShardFile {
    static func header(_ manifest: Manifest, sequences: Int) -> NpyHeader {
        NpyHeader(type: manifest.elementType.array, shape: [sequences] + manifest.geometry.shape)
    }
}
