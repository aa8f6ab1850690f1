// The input from which a folder of shards is made: an array, or films. The choice: bytes in blocks, in order, so that
// nothing has to fit into memory as a whole.

import Formats
import Platform

/// Sequences given by the user, as numbers of one type.
package protocol RawSequences {
    var geometry: SequenceGeometry { get }
    var count: Int { get }
    var elementType: ElementType { get }

    /// What the numbers mean, and when the sequences begin.
    var facts: SequenceFacts { get }

    /// All sequences, in runs that take moderate memory.
    var blocks: [Range<Int>] { get }

    /// The bytes of consecutive sequences, of shape (sequences, frames, height, width, channels).
    func bytes(of sequences: Range<Int>) throws -> [UInt8]

    /// The sequences that belong to one part of a division, in the order of the parts, and how many belong to each.
    ///
    /// Throws `ShardError` if none are left to train on, or if the division needs times that are not known.
    func divided(by division: Division) throws -> (sequences: any RawSequences, splits: [SplitRange])
}

extension RawSequences {
    /// Divides sequences that share no frames and have no times.
    package func divided(by division: Division) throws -> (sequences: any RawSequences, splits: [SplitRange]) {
        guard case .amount(let validation) = division.validation, case .amount(let test) = division.test else {
            throw ShardError(
                "the times of these sequences are not known; give --validation and --test, or films with --times")
        }
        guard division.gap == 0 else {
            throw ShardError(
                "--gap-between-splits is for films, and these are sequences that share no frames; leave it out")
        }
        return (self, try SplitRange.ranges(total: count, validation: validation, test: test))
    }

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
