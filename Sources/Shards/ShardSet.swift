// A folder of shards as a numbered collection of sequences. The choice: a read decodes the one frame that holds the
// sequence and checks it, so damage never reaches a model unnoticed.

import Formats

/// The sequences of a `*.shards` folder. Reads from several threads take turns on a shard, not on the set.
package final class ShardSet: SequenceSource {
    package let folder: String
    package let manifest: Manifest
    package let inputs: (any SequenceSource)?

    /// Those that were opened, by their place in the manifest.
    private let files: [SeekableZstdFile?]

    /// Opens the shards, which are not looked at unless they hold some of the sequences to be read.
    ///
    /// Throws `ShardError` or `FormatError` for a folder that is no data set, and for a shard that is missing, cut
    /// short or of another shape than the manifest says.
    ///
    /// - Parameter sequences: the numbers of those that will be read; nil for all.
    package init(folder: String, reading sequences: [Range<Int>]? = nil) throws {
        self.folder = folder
        let manifest = try Manifest(folder: folder)
        self.manifest = manifest
        files = try manifest.shards.map { shard in
            guard sequences?.contains(where: shard.range.overlaps) ?? true else { return nil }
            return try Self.open(shard, of: manifest, in: folder)
        }
        inputs = try manifest.inputs.map { try Self.inputs(folder + "/" + $0, of: manifest, reading: sequences) }
    }

    private static func inputs(
        _ folder: String, of manifest: Manifest, reading sequences: [Range<Int>]?
    ) throws -> ShardSet {
        let inputs = try ShardSet(folder: folder, reading: sequences)
        guard inputs.geometry == manifest.geometry, inputs.count == manifest.sequences else {
            throw ShardError(
                "\(folder) holds \(inputs.count) sequences of \(inputs.geometry), and its data set "
                    + "\(manifest.sequences) of \(manifest.geometry); split the data again")
        }
        return inputs
    }

    package var geometry: SequenceGeometry { manifest.geometry }
    package var count: Int { manifest.sequences }
    package var valueRange: ClosedRange<Float> { manifest.valueRange[0]...manifest.valueRange[1] }

    /// The numbers of the sequences with a use; empty if none were held back for it.
    package func range(of split: Split) -> Range<Int> { manifest.splits.range(of: split) }

    package func count(of split: Split) -> Int { range(of: split).count }

    /// Throws `FormatError` naming the file and the sequence where the stored bytes are damaged.
    package func read(sequence: Int, into values: inout MutableSpan<Float>) throws {
        precondition((0..<count).contains(sequence), "no sequence \(sequence) of \(count)")
        check(values)
        let bytes = try bytes(ofSequence: sequence)
        switch manifest.elementType {
        case .uint8:
            let source = bytes.span
            for index in values.indices { values[index] = Float(source[index]) }
        case .float32:
            values.withUnsafeMutableBytes { target in bytes.withUnsafeBytes { target.copyBytes(from: $0) } }
        }
    }

    /// A sequence as it is stored: (frames, height, width, channels) of the manifest's element type.
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

    static func open(_ shard: Manifest.Shard, of manifest: Manifest, in folder: String) throws -> SeekableZstdFile {
        let file = try SeekableZstdFile(path: folder + "/" + shard.file)
        let header = ShardFile.header(manifest, sequences: shard.sequences).encoded
        let sizes = [header.count] + [Int](repeating: manifest.sequenceBytes, count: shard.sequences)
        guard file.size == shard.bytes, (0..<file.frameCount).map(file.contentSize(ofFrame:)) == sizes else {
            throw FormatError(
                file.path, "is not the shard its manifest describes",
                "find out more with `convlstm-shard verify \(folder)`")
        }
        return file
    }
}
