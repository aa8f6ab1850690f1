// The input from which a folder of shards is made: an array, or pictures. The choice: bytes in blocks, in order, so
// that nothing has to fit into memory as a whole.

import Platform
import Formats

/// Sequences given by the user, as bytes or 32-bit floats.
package protocol RawSequences {
    var geometry: SequenceGeometry { get }
    var count: Int { get }
    var elementType: ElementType { get }

    /// All sequences, in runs that take moderate memory.
    var blocks: [Range<Int>] { get }

    /// The bytes of consecutive sequences, of shape (sequences, frames, height, width, channels).
    func bytes(of sequences: Range<Int>) throws -> [UInt8]
}

extension RawSequences {
    /// The number of bytes of one sequence in a shard.
    package var sequenceBytes: Int { geometry.elements * elementType.size }

    /// Runs of about 16 MB if reading a sequence takes so many bytes.
    func blocks(bytesPerSequence: Int) -> [Range<Int>] {
        let length = max(1, (16 << 20) / bytesPerSequence)
        return (0..<count).chunks(of: length)
    }

    /// Throws `ShardError` with the advice if a sequence is too large for a shard.
    func checkSize(_ name: String, _ advice: String) throws {
        guard sequenceBytes <= SeekableZstdWriter.largestFrame else {
            throw ShardError(
                "\(name) has sequences of \(sequenceBytes) bytes, and a shard takes up to "
                    + "\(SeekableZstdWriter.largestFrame); \(advice)")
        }
    }
}
