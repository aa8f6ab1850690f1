// The sequences of a given array, in order and in blocks. The choice: a block of neighboring sequences takes one long
// read per frame index, which transposes the Toronto layout in bounded memory at the disk's full speed.

import Formats

/// An array on disk as sequences of bytes or 32-bit floats.
package struct ArraySequences: RawSequences, Sendable {
    package let geometry: SequenceGeometry
    package let count: Int
    /// The element type of the sequences; doubles become floats.
    package let elementType: ElementType
    private let array: NpyFile
    private let plan: ArrayPlan

    /// `frames` is the number of frames per sequence of a `concatenated` array, and nil for the other layouts.
    package init(_ array: NpyFile, layout: ArrayLayout, frames: Int? = nil) throws {
        guard layout != .concatenated || frames != nil else {
            throw ShardError(
                "\(array.path) holds \(array.header.shape.first ?? 0) frames in one row; give the frames of a sequence with "
                    + "--frames, for example --frames 20")
        }
        plan = try ArrayPlan(shape: array.header.shape, layout: layout, frames: frames, file: array.path)
        (geometry, count, self.array) = (plan.geometry, plan.count, array)
        elementType = ElementType(array.header.type)
        try checkSize(array.path, "check --layout, or cut the sequences")
    }

    package var blocks: [Range<Int>] { blocks(bytesPerSequence: geometry.elements * array.header.type.size) }

    /// Throws `ShardError` that names the sequence if a value is not finite as a float.
    package func bytes(of sequences: Range<Int>) throws -> [UInt8] {
        let stored = plan.frameStride == 1 ? try consecutive(sequences) : try transposed(sequences)
        guard elementType.isFloat else { return stored }
        return try finiteFloats(stored, from: sequences.lowerBound)
    }

    private var storedFrameBytes: Int { geometry.frameElements * array.header.type.size }

    private func consecutive(_ sequences: Range<Int>) throws -> [UInt8] {
        try read(frame: sequences.lowerBound * plan.sequenceStride, count: sequences.count * geometry.frames)
    }

    private func transposed(_ sequences: Range<Int>) throws -> [UInt8] {
        let runs = try (0..<geometry.frames).map { frame in
            try read(frame: sequences.lowerBound + frame * plan.frameStride, count: sequences.count)
        }
        var bytes = [UInt8]()
        bytes.reserveCapacity(sequences.count * geometry.frames * storedFrameBytes)
        for sequence in 0..<sequences.count {
            for run in runs {
                bytes += run[sequence * storedFrameBytes..<(sequence + 1) * storedFrameBytes]
            }
        }
        return bytes
    }

    private func read(frame: Int, count: Int) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count * storedFrameBytes), span = bytes.mutableSpan
        try array.read(at: frame * storedFrameBytes, into: &span)
        return bytes
    }

    private func finiteFloats(_ stored: [UInt8], from first: Int) throws -> [UInt8] {
        let floats = array.header.type.floats(stored)
        if let index = floats.firstIndex(where: { !$0.isFinite }) {
            throw ShardError(
                "\(array.path) holds \(floats[index]) in sequence \(first + index / geometry.elements); "
                    + "replace such numbers, for example with numpy.nan_to_num")
        }
        return array.header.type == .float64 ? elementType.bytes(of: floats) : stored
    }
}
