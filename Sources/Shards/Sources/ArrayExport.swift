// Writes sequences as one .npy array. The choice: blocks are computed on all cores and written at their offsets, so
// that an array of any size and layout needs the memory of one block.

import Platform
import Formats

/// Writes a source of sequences to a file that `numpy.load` opens.
package struct ArrayExport<Source: SequenceSource> {
    private let source: Source
    private let elementType: ElementType
    private let layout: ArrayLayout
    private let header: NpyHeader

    /// Raw values are rounded towards zero if `elementType` is one of whole numbers.
    package init(_ source: Source, as elementType: ElementType, layout: ArrayLayout) {
        let frames = source.geometry.frames, count = source.count
        (self.source, self.elementType, self.layout) = (source, elementType, layout)
        header = NpyHeader(
            type: elementType.array,
            shape: (layout == .framesFirst ? [frames, count] : [count, frames]) + source.geometry.shape.dropFirst())
    }

    /// Whether the shape alone tells how the axes are to be read.
    package var shapeTellsItsLayout: Bool {
        do { return try ArrayLayout.read(header.shape, file: "").layout == layout } catch { return false }
    }

    /// Writes all sequences. `progress` gets the number written so far, and may throw to stop, which leaves no file.
    package func write(to path: String, progress: (Int) throws -> Void) throws {
        let file = try AtomicFile(path: path, expecting: header.byteCount)
        try file.append(header.encoded.span)
        let length = max(1, (16 << 20) / (source.geometry.elements * elementType.size))
        for block in (0..<source.count).chunks(of: length) {
            try write(encoded(block), from: block.lowerBound, to: file)
            try progress(block.upperBound)
        }
        try file.commit()
    }

    private func encoded(_ sequences: Range<Int>) throws -> [[UInt8]] {
        let (source, elementType) = (source, elementType)
        return try Parallel.map(sequences.count) { offset in
            elementType.bytes(of: try source.sequence(sequences.lowerBound + offset))
        }
    }

    /// Writes a block to the file: one run of bytes per frame index if frames come first, otherwise all at once.
    private func write(_ block: [[UInt8]], from first: Int, to file: AtomicFile) throws {
        let start = header.encoded.count, frameBytes = source.geometry.frameElements * elementType.size
        let slots = layout == .framesFirst ? source.geometry.frames : 1
        let length = layout == .framesFirst ? frameBytes : frameBytes * source.geometry.frames
        for slot in 0..<slots {
            var run = [UInt8]()
            run.reserveCapacity(block.count * length)
            for sequence in block { run += sequence[slot * length..<(slot + 1) * length] }
            try file.write(run.span, at: start + (slot * source.count + first) * length)
        }
    }
}
