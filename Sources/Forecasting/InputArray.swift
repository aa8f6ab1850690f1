// Frames to continue, from a .npy file. The choice: the file is the past, so the network reads its last frames.
// Its axes are interpreted by the rules of convlstm-shard split, with the frame size of the checkpoint.

import Configuration
import Formats
import Foundation
import Model
import Shards

/// One or several sequences of frames on disk, of which only the ends are read.
package struct InputArray: Sendable {
    /// The number of sequences in the file; nil for a single sequence without a batch axis.
    package let batch: Int?

    /// The number of frames per sequence.
    package var frames: Int { plan.geometry.frames }

    /// The interpretation of the axes, as a sentence.
    package let reading: String

    private let array: NpyFile

    /// The size of the frames.
    package let frame: FeatureShape
    private let plan: ArrayPlan

    /// Opens (frames, H, W[, C]), or sequences of such frames in one of the layouts of `ArrayLayout`.
    ///
    /// Throws a usage error unless the frames have the size `expected`, and there are at least `needed` of them.
    ///
    /// - Parameters:
    ///   - expected: the size of the frames; nil for a network that sees frames of any size.
    ///   - layout: the layout that a person named; nil to infer it from the shape.
    package init(path: String, frame expected: FeatureShape?, needed: Int, layout: ArrayLayout? = nil) throws {
        array = try NpyFile(path: path, scratchFolder: NSTemporaryDirectory())
        let shape = array.header.shape
        do {
            let known = expected.map {
                KnownFrames(height: $0.height, width: $0.width, channels: $0.channels, atLeast: needed)
            }
            let found =
                try layout.map { LayoutReading(layout: $0, reason: "--layout says so") }
                ?? (known == nil && shape.count == 3
                    ? LayoutReading(layout: .concatenated, reason: "it has three axes")
                    : ArrayLayout.read(shape, file: path, knowing: known))
            plan = try ArrayPlan(shape: shape, layout: found.layout, file: path)
            batch = found.layout == .concatenated ? nil : plan.count
            reading = "\(path): shape \(shape), read as \(found)"
        } catch let error as ShardError {
            throw TrainingError.usage(error.description)
        }
        let size = plan.geometry
        frame = FeatureShape(height: size.height, width: size.width, channels: size.channels)
        if let expected, frame != expected {
            throw TrainingError.usage(
                "\(path) has the shape \(shape), in this layout frames of \(frame), and the checkpoint was trained on frames of "
                    + "\(expected); name another --layout, or give other frames")
        }
        guard frames >= needed else {
            throw TrainingError.usage(
                "\(path) has \(frames) frames and the model sees \(needed); give at least \(needed)")
        }
    }

    /// The values of the last `count` frames of a sequence, NaN where missing.
    ///
    /// Throws a usage error for an infinite value.
    package func past(of sequence: Int, count: Int) throws -> [Float] {
        let first = sequence * plan.sequenceStride + (frames - count) * plan.frameStride
        let isRun = plan.frameStride == 1
        let values =
            try isRun
            ? numbers(at: first, frames: count)
            : (0..<count).flatMap { try numbers(at: first + $0 * plan.frameStride, frames: 1) }
        if let wrong = values.first(where: \.isInfinite) {
            throw TrainingError.usage(
                "\(array.path) holds \(wrong) in sequence \(sequence); replace such numbers, for example with numpy.nan_to_num"
            )
        }
        return values
    }

    /// Reads consecutive frames.
    private func numbers(at first: Int, frames: Int) throws -> [Float] {
        let frameBytes = frame.count * array.header.type.size
        var bytes = [UInt8](repeating: 0, count: frames * frameBytes), span = bytes.mutableSpan
        try array.read(at: first * frameBytes, into: &span)
        return array.header.type.floats(bytes)
    }
}
