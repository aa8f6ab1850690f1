// Sequences of frames, as networks read and forecast them. The choice: a value whose shape fits and whose numbers are finite
// by construction, so that nothing behind it has to ask again.

import Kernels

/// A batch of sequences of frames: an array of `Float` with the axes (N, T, H, W, C).
///
/// N is the number of sequences, T the number of frames of each, H, W and C are the height, width and channels of a
/// frame. The last axis varies fastest, as in numpy and PyTorch. All values are finite; networks learn best from
/// values between 0 and 1, and with the sigmoid at its end a network forecasts no others.
public struct VideoBatch: Sendable, Equatable {
    /// All values, in the order of the axes (N, T, H, W, C).
    public let values: [Float]

    /// The number of sequences, N.
    public let sequenceCount: Int

    /// The number of frames of each sequence, T.
    public let frameCount: Int

    /// The height, width and channels of each frame.
    public let frame: FrameShape

    /// The five axes, (N, T, H, W, C).
    public var shape: [Int] { [sequenceCount, frameCount, frame.height, frame.width, frame.channels] }

    /// Creates a batch of an array.
    ///
    /// - Parameters:
    ///   - values: the values of all sequences, one after the other, each frame by frame.
    ///   - shape: the five axes (N, T, H, W, C), all of them at least 1.
    /// - Throws: ``ConvLSTMError`` if there are not five axes, if they do not multiply to the number of values, or if a
    ///   value is infinite or NaN.
    public init(_ values: [Float], shape: [Int]) throws(ConvLSTMError) {
        guard shape.count == 5, shape.allSatisfy({ $0 > 0 }) else {
            throw ConvLSTMError(
                "a batch of shape \(shape) is none; give five axes of at least 1: sequences, frames, height, width, channels"
            )
        }
        guard shape.reduce(1.0, { $0 * Double($1) }) == Double(values.count) else {
            throw ConvLSTMError(
                "a batch of shape \(shape) has another number of values than the \(values.count) that are given; let the axes "
                    + "multiply to it")
        }
        if let wrong = values.firstIndex(where: { !$0.isFinite }) {
            throw ConvLSTMError(
                "value \(wrong) of a batch is \(values[wrong]); replace such values before they are made a batch")
        }
        self.values = values
        (sequenceCount, frameCount) = (shape[0], shape[1])
        frame = FrameShape(height: shape[2], width: shape[3], channels: shape[4])
    }

    /// Creates a batch of values that are known to fit.
    init(_ values: [Float], sequences: Int, frames: Int, frame: FrameShape) {
        (self.values, sequenceCount, frameCount, self.frame) = (values, sequences, frames, frame)
    }

    /// Returns some consecutive frames of every sequence.
    ///
    /// - Parameter range: the frames, of which the first of a sequence is number 0.
    /// - Returns: a batch of the shape (N, the number of frames in `range`, H, W, C).
    /// - Throws: ``ConvLSTMError`` if `range` is empty or there are no such frames.
    public func frames(_ range: Range<Int>) throws(ConvLSTMError) -> VideoBatch {
        try Self.check(range, of: frameCount, "frames")
        let size = values.count / (sequenceCount * frameCount)
        let parts = (0..<sequenceCount).map { sequence in
            let first = sequence * frameCount + range.lowerBound
            return values[first * size..<(first + range.count) * size]
        }
        return VideoBatch(Array(parts.joined()), sequences: sequenceCount, frames: range.count, frame: frame)
    }

    /// Returns some consecutive sequences.
    ///
    /// - Parameter range: the sequences, of which the first is number 0.
    /// - Returns: a batch of the shape (the number of sequences in `range`, T, H, W, C).
    /// - Throws: ``ConvLSTMError`` if `range` is empty or there are no such sequences.
    public func sequences(_ range: Range<Int>) throws(ConvLSTMError) -> VideoBatch {
        try Self.check(range, of: sequenceCount, "sequences")
        let size = values.count / sequenceCount
        let part = values[range.lowerBound * size..<range.upperBound * size]
        return VideoBatch(Array(part), sequences: range.count, frames: frameCount, frame: frame)
    }

    /// Throws unless the frames are those of a model.
    func check(_ what: String, for frame: FrameShape) throws(ConvLSTMError) {
        guard self.frame == frame else {
            throw ConvLSTMError(
                "the \(what) are frames of \(self.frame) and the model's are \(frame); give such, or make another model"
            )
        }
    }

    private static func check(_ range: Range<Int>, of count: Int, _ what: String) throws(ConvLSTMError) {
        guard !range.isEmpty, range.lowerBound >= 0, range.upperBound <= count else {
            throw ConvLSTMError(
                "\(what) \(range.lowerBound)..<\(range.upperBound) of a batch of \(count) \(what) are none; choose some of 0..<\(count)"
            )
        }
    }
}

// What passes read and write: feature maps with time first.

extension VideoBatch {
    /// Copies some sequences to (T, their number, H, W, C).
    func copy(_ sequences: Range<Int>, into tensor: Tensor<Float>) {
        let size = values.count / (sequenceCount * frameCount)
        var target = tensor.mutableSpan, place = 0
        for frame in 0..<frameCount {
            for sequence in sequences {
                let first = (sequence * frameCount + frame) * size
                for i in first..<first + size {
                    target[place] = values[i]
                    place += 1
                }
            }
        }
    }

    /// The sequences of tensors (T, some, H, W, C), one after the other, in the order of the axes of a batch.
    static func values(of tensors: [Tensor<Float>]) -> [Float] {
        var values: [Float] = []
        values.reserveCapacity(tensors.reduce(0) { $0 + $1.count })
        for tensor in tensors {
            for sequence in 0..<tensor.shape[1] {
                for frame in 0..<tensor.shape[0] {
                    let span = tensor[frame][sequence].span
                    for i in span.indices { values.append(span[i]) }
                }
            }
        }
        return values
    }
}
