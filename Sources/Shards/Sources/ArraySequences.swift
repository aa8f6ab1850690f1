// The sequences of a given array, in order and in blocks. The choice: a block of neighboring sequences takes one long read per
// frame, which transposes the Toronto layout in bounded memory at the disk's full speed.

import Formats

/// An array on disk as sequences of numbers of its type.
package struct ArraySequences: RawSequences, Sendable {
    package let geometry: SequenceGeometry
    package let count: Int
    package var elementType: ElementType { frames.elementType }
    package let facts: SequenceFacts
    private let frames: ArrayFrames
    private let numbers: StoredNumbers

    /// - Parameters:
    ///   - given: what a person says of the numbers.
    ///   - step: the seconds from a frame to the next; nil if not known.
    /// - Throws: `ShardError` for an array with other axes, or without one of sequences.
    package init(
        _ array: NpyFile, order: AxisOrder, given: GivenMeaning = GivenMeaning(), step: Int? = nil
    ) throws {
        frames = try ArrayFrames(array, order)
        let extents = frames.extents
        guard order.axes.contains(.sequences) else {
            throw ShardError(
                "\(array.path) holds \(extents[1]) frames in one row; give the frames of a sequence with --frames, for example "
                    + "--frames 20")
        }
        count = extents[0]
        geometry = SequenceGeometry(frames: extents[1], height: extents[2], width: extents[3], channels: extents[4])
        let values = try given.applied(to: nil, storedAs: frames.elementType, in: array.path)
        numbers = StoredNumbers(frames.elementType, values)
        facts = SequenceFacts(values: values, timeStep: step.map(Double.init))
        try checkSize(array.path, "check the order of the axes, or cut the sequences with --frames")
    }

    package var blocks: [Range<Int>] { blocks(bytesPerSequence: geometry.elements * frames.array.header.type.size) }

    /// Throws `ShardError` that names the sequence if a number is not finite as a float.
    package func bytes(of sequences: Range<Int>) throws -> [UInt8] {
        let bytes = try frames.bytes(sequences: sequences, frames: 0..<geometry.frames)
        if let odd = numbers.firstOdd(in: bytes) {
            throw ShardError(
                "\(frames.array.path) holds \(odd.value) in sequence \(sequences.lowerBound + odd.index / geometry.elements); "
                    + numbers.adviceAgainstOdd)
        }
        return bytes
    }
}
