// Adds sequences to a data set. The choice: they are for training and stand before the first shard that holds any other,
// so that validation and test keep their sequences, no shard is rewritten, and the manifest stays of the same form.

import Formats
import Foundation

/// Sequences being added to a data set, which has them once `finish` returns.
package final class ShardAppender {
    package let folder: String
    private let whole: GrowingHalf
    private let inputs: GrowingHalf?
    private let lock: DataSetLock
    private let writer: ShardWriter
    private let inputsWriter: ShardWriter?

    /// The data set as it was.
    package var manifest: Manifest { whole.manifest }

    /// Prepares up to `shards` new files for `sequences` sequences at zstd's compression `level`.
    ///
    /// Throws `ShardError` for a folder that is no data set or holds sequences of another kind, and if another process changes it.
    ///
    /// - Parameters:
    ///   - inputs: the type of the inputs that stand in place of these sequences; nil if there are none.
    ///   - inputsFacts: what is known of those inputs.
    package init(
        folder: String, geometry: SequenceGeometry, elementType: ElementType, facts: SequenceFacts = SequenceFacts(),
        inputs: ElementType? = nil, inputsFacts: SequenceFacts = SequenceFacts(), sequences: Int, shards: Int,
        level: Int
    ) throws {
        try DataFolder.requireOutermost(folder)
        lock = try DataSetLock(folder: folder)
        try Leftovers.removeAll(in: folder)
        self.folder = folder
        whole = try GrowingHalf(folder: folder)
        guard (whole.manifest.inputs == nil) == (inputs == nil) else {
            throw ShardError(
                inputs == nil
                    ? "\(folder) has inputs apart from its sequences; give those of the new ones, too, with --inputs"
                    : "\(folder) has no inputs apart from its sequences; leave out --inputs, or make another data set")
        }
        self.inputs = try whole.inputs()
        try whole.require(geometry, elementType, facts)
        if let inputs { try self.inputs?.require(geometry, inputs, inputsFacts) }
        let splits = try SplitRange.ranges(total: sequences, validation: HeldBack(count: 0), test: HeldBack(count: 0))
        let writer = try ShardWriter(
            folder: folder + "/added", geometry: geometry, elementType: elementType, facts: facts, splits: splits,
            shards: shards, level: level)
        inputsWriter = try inputs.map { try writer.inputs(elementType: $0, facts: inputsFacts) }
        self.writer = writer
    }

    /// Appends whole sequences, of shape (sequences, frames, height, width, channels).
    package func append(_ bytes: [UInt8]) throws { try writer.append(bytes) }

    /// Appends the inputs that stand in place of as many sequences.
    package func appendInputs(_ bytes: [UInt8]) throws { try inputsWriter?.append(bytes) }

    /// Gives the new shards their names and puts the new manifests in place of the old ones.
    ///
    /// Throws `ShardError` if the data set already holds these shards.
    package func finish() throws -> Manifest {
        defer { lock.release() }
        let seen = try inputsWriter?.finish(), (added, source) = try writer.shards()
        let areKnown = whole.holds(added) && (seen.map { inputs?.holds($0) ?? false } ?? true)
        guard !areKnown else {
            throw ShardError("\(folder) holds these \(added.sequences) sequences already; nothing was appended")
        }
        var made = try whole.joined(added)
        if let inputs, let seen, let inputsWriter {
            let madeInputs = try inputs.joined(seen)
            try inputs.take(seen, from: inputsWriter.folder)
            made.inputsSha256 = try replaceInputs(inputs, by: madeInputs)
        }
        try whole.take(added, from: source)
        try made.replace(inFolder: folder)
        if let inputs { try SetAside.removeCopy(of: inputs.manifestPath, sha256: inputs.sha256) }
        return made
    }

    /// Puts a new manifest of the inputs in place of the old one, of which a copy is kept for as long as the manifest
    /// of the whole names it. Returns the digest of the new one.
    private func replaceInputs(_ inputs: GrowingHalf, by made: Manifest) throws -> String {
        if manifest.inputsSha256 == nil {
            // Of an older program: from now on it says which inputs are its own.
            var named = manifest
            named.inputsSha256 = inputs.sha256
            try named.replace(inFolder: folder)
        }
        try SetAside.keepCopy(of: inputs.manifestPath)
        try made.replace(inFolder: inputs.folder)
        return Digest.of(try made.text())
    }
}
