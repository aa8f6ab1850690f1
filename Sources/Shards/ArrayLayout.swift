// How sequences lie in somebody's array. The choice: the layout is named by people or told by the shape where the shape
// leaves no doubt; where it does, nothing is guessed.

import Formats

/// The order of the axes of an array of sequences.
package enum ArrayLayout: String, CaseIterable, Sendable {
    /// (frames, sequences, height, width[, channels]): the Toronto file.
    case framesFirst = "frames-first"
    /// (sequences, frames, height, width[, channels]).
    case sequencesFirst = "sequences-first"
    /// (sequences * frames, 1, height, width): frames in one row, as the npz files of older generators.
    case concatenated

    /// The layout a shape speaks for, with the reason in words.
    ///
    /// Throws `ShardError` where it does not: two short or equal leading axes.
    package static func detected(in shape: [Int], file: String) throws -> (layout: ArrayLayout, reason: String) {
        guard shape.count != 5 else { return (.sequencesFirst, "it has five axes") }
        guard shape.count == 4 else { throw wrongRank(shape, file) }
        if shape[1] == 1 { return (.concatenated, "its second axis is 1") }
        let (short, long) = (min(shape[0], shape[1]), max(shape[0], shape[1]))
        guard long > 100, short < long else {
            throw ShardError("\(file) has the shape \(shape), in which frames and sequences cannot be told apart; say "
                + "which comes first with --layout frames-first or --layout sequences-first")
        }
        return shape[0] < shape[1]
            ? (.framesFirst, "its first axis is the shorter one") : (.sequencesFirst, "its second axis is the shorter one")
    }

    static func wrongRank(_ shape: [Int], _ file: String) -> ShardError {
        ShardError("\(file) has the shape \(shape), which is not (sequences, frames, height, width[, channels]) or "
            + "(frames, sequences, height, width); reshape it with numpy first")
    }
}

/// Where each frame of an array is.
struct ArrayPlan: Equatable {
    var geometry: SequenceGeometry
    var count: Int
    /// From a sequence to the next, and from a frame to the next, in frames.
    var sequenceStride: Int, frameStride: Int

    /// Throws `ShardError` when the shape does not fit the layout. `frames` is for `concatenated` arrays alone.
    init(shape: [Int], layout: ArrayLayout, frames: Int?, file: String) throws {
        guard shape.count == 4 || shape.count == 5, shape.allSatisfy({ $0 > 0 }) else {
            throw ArrayLayout.wrongRank(shape, file)
        }
        let image = try Self.image(shape, file: file)
        let counts = try Self.counts(shape, layout: layout, frames: frames, file: file)
        count = counts.sequences
        geometry = SequenceGeometry(
            frames: counts.frames, height: image[0], width: image[1], channels: image[2])
        (sequenceStride, frameStride) = layout == .framesFirst ? (1, count) : (geometry.frames, 1)
    }

    private static func counts(
        _ shape: [Int], layout: ArrayLayout, frames: Int?, file: String
    ) throws -> (sequences: Int, frames: Int) {
        guard layout == .concatenated else {
            guard frames == nil else {
                throw ShardError("\(file) has an axis of frames; leave out --frames, or name --layout concatenated")
            }
            return layout == .framesFirst ? (shape[1], shape[0]) : (shape[0], shape[1])
        }
        guard shape.count == 4, shape[1] == 1 else { throw ArrayLayout.wrongRank(shape, file) }
        guard let frames else {
            throw ShardError("\(file) holds \(shape[0]) frames in one row; give the frames of a sequence with --frames, "
                + "for example --frames 20")
        }
        guard shape[0].isMultiple(of: frames) else {
            throw ShardError("\(file) holds \(shape[0]) frames, which are no whole sequences of \(frames); give "
                + "another --frames")
        }
        return (shape[0] / frames, frames)
    }

    /// Height, width and channels; an axis of one channel may stand before them.
    private static func image(_ shape: [Int], file: String) throws -> [Int] {
        guard shape.count == 5 else { return [shape[2], shape[3], 1] }
        if shape[2] == 1 { return [shape[3], shape[4], 1] }
        guard shape[2] > 4 || shape[4] <= 4 else {
            throw ShardError("\(file) has the shape \(shape) with channels before height; save "
                + "array.transpose(0, 1, 3, 4, 2) instead")
        }
        return Array(shape[2...])
    }
}
