// Frames that somebody wants continued, from a .npy file. The choice: the file is the past, so its last frames are what the
// network sees; the frame size of the checkpoint tells a batch of sequences from frames with channels.

import Formats
import Foundation
import Model

/// One or several sequences of frames on disk, of which the ends are read.
package struct InputArray: Sendable {
    /// Sequences in the file; nil where it is one without an axis of its own.
    package let batch: Int?

    /// Frames of each sequence.
    package let frames: Int

    private let array: NpyFile
    private let frame: FeatureShape

    /// Opens (frames, H, W), (frames, H, W, C), or a batch of either.
    ///
    /// Throws a usage error unless the frames are of the size `frame`, and at least `needed` in number.
    package init(path: String, frame: FeatureShape, needed: Int) throws {
        array = try NpyFile(path: path, scratchFolder: NSTemporaryDirectory())
        self.frame = frame
        let shape = array.header.shape
        guard let extents = Self.extents(shape, frame) else {
            let wanted = frame.channels == 1 ? "(frames, \(frame.height), \(frame.width))"
                : "(frames, \(frame.height), \(frame.width), \(frame.channels))"
            throw TrainingError.usage(
                "\(path) has the shape \(shape) and the checkpoint was trained on frames of \(frame); give an array of "
                    + "\(wanted), or a batch of such arrays")
        }
        (batch, frames) = extents
        guard frames >= needed else {
            throw TrainingError.usage("\(path) has \(frames) frames and the model sees \(needed); give at least \(needed)")
        }
        guard batch != 0 else { throw TrainingError.usage("\(path) holds no sequences; give at least one") }
    }

    /// The leading axes, if what follows them are frames of this size; a single channel needs no axis.
    static func extents(_ shape: [Int], _ frame: FeatureShape) -> (batch: Int?, frames: Int)? {
        let size = [frame.height, frame.width, frame.channels]
        let axes = shape.count > 3 && Array(shape.suffix(3)) == size ? 3
            : frame.channels == 1 && Array(shape.suffix(2)) == Array(size.prefix(2)) ? 2 : shape.count
        switch shape.count - axes {
        case 1: return (nil, shape[0])
        case 2: return (shape[0], shape[1])
        default: return nil
        }
    }

    /// The raw values of the last `count` frames of a sequence.
    ///
    /// Throws a usage error for a number that is not finite.
    package func past(of sequence: Int, count: Int) throws -> [Float] {
        let size = array.header.type.size
        var bytes = [UInt8](repeating: 0, count: count * frame.count * size), span = bytes.mutableSpan
        try array.read(at: ((sequence + 1) * frames - count) * frame.count * size, into: &span)
        let values = floats(bytes)
        if let wrong = values.first(where: { !$0.isFinite }) {
            throw TrainingError.usage(
                "\(array.path) holds \(wrong) in sequence \(sequence); replace such numbers, for example with numpy.nan_to_num")
        }
        return values
    }

    private func floats(_ bytes: [UInt8]) -> [Float] {
        switch array.header.type {
        case .uint8: bytes.map(Float.init)
        case .float32: bytes.withUnsafeBytes { [Float]($0.bindMemory(to: Float.self)) }
        case .float64: bytes.withUnsafeBytes { $0.bindMemory(to: Double.self).map(Float.init) }
        }
    }

    /// A sentence about values that cannot be of the data that a network was trained on; nil where they may be.
    package static func complaint(about pasts: [[Float]], of file: String, trainedOn range: ClosedRange<Float>) -> String? {
        guard let least = pasts.joined().min(), let most = pasts.joined().max() else { return nil }
        let width = range.upperBound - range.lowerBound, slack = width / 100
        let isOutside = least < range.lowerBound - slack || most > range.upperBound + slack
        guard isOutside || (most > least && most - least < width / 50) else { return nil }
        return "the values of \(file) lie between \(least) and \(most), and the network was trained on values from "
            + "\(range.lowerBound) to \(range.upperBound); bring them to that range for a sensible forecast"
    }
}
