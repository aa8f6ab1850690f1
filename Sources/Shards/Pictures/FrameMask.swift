// A static mask, such as the range of a radar: pixels outside it are missing in every frame. The choice: nonzero means that a
// pixel is used, as in numpy's masks of HKO-7; the stored number for missing takes the place of all others.

import Formats

/// The pixels of a frame that are used.
package struct FrameMask: Sendable {
    package let path: String
    private let height: Int, width: Int
    /// The places of the pixels that are missing.
    fileprivate let unused: [Int]
    /// The share of the pixels that are missing.
    package var missingShare: Double { Double(unused.count) / Double(height * width) }

    /// Reads a mask from a picture or a .npy array of (height, width).
    ///
    /// Throws `FormatError` for any other file, and `ShardError` if no pixel is used.
    package init(path: String) throws {
        guard FrameFile.isKnown(path) else {
            throw ShardError(
                "\(path) is not a mask that can be read; give a .png, .pgm or .npy file of (height, width)")
        }
        let (kind, bytes) = try FrameFile.read(path, asGray: true), size = kind.type.size
        (self.path, height, width) = (path, kind.height, kind.width)
        unused = (0..<kind.height * kind.width).filter { pixel in
            bytes[pixel * size..<(pixel + 1) * size].allSatisfy { $0 == 0 }
        }
        guard unused.count < height * width else {
            throw ShardError("\(path) is zero everywhere, and nonzero pixels are used; give another --mask")
        }
    }

    /// Throws `ShardError` unless the mask is of the size of the frames.
    fileprivate func require(_ geometry: SequenceGeometry) throws(ShardError) {
        guard (geometry.height, geometry.width) == (height, width) else {
            throw ShardError(
                "\(path) is of \(height) x \(width) pixels, and the frames of \(geometry.height) x \(geometry.width); give a mask "
                    + "of their size")
        }
    }
}

/// Sequences of which a mask makes pixels missing.
package struct MaskedSequences: RawSequences {
    private let base: any RawSequences
    private let mask: FrameMask
    private let missing: [UInt8]

    /// Throws `ShardError` for frames of another size, and if no number stands for missing pixels.
    package init(_ base: any RawSequences, mask: FrameMask) throws {
        try mask.require(base.geometry)
        guard let missing = StoredNumbers(base.elementType, base.facts.values).missingBytes else {
            throw ShardError("\(mask.path) makes pixels missing, and no number stands for these; give --missing")
        }
        (self.base, self.mask) = (base, mask)
        self.missing = (0..<base.geometry.channels).flatMap { _ in missing }
    }

    package var geometry: SequenceGeometry { base.geometry }
    package var count: Int { base.count }
    package var elementType: ElementType { base.elementType }
    package var facts: SequenceFacts { base.facts }
    package var blocks: [Range<Int>] { base.blocks }

    package func bytes(of sequences: Range<Int>) throws -> [UInt8] {
        var bytes = try base.bytes(of: sequences)
        let frame = geometry.frameElements * elementType.size
        for start in stride(from: 0, to: bytes.count, by: frame) {
            for pixel in mask.unused {
                let place = start + pixel * missing.count
                for (index, byte) in missing.enumerated() { bytes[place + index] = byte }
            }
        }
        return bytes
    }

    package func divided(by division: Division) throws -> (sequences: any RawSequences, splits: [SplitRange]) {
        let (sequences, splits) = try base.divided(by: division)
        return (try MaskedSequences(sequences, mask: mask), splits)
    }
}
