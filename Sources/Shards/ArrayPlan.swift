// A layout applied to a shape. The choice: two strides, in frames, say where every frame is, whatever the layout.

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
            throw ShardError(
                "\(file) holds \(shape[0]) frames in one row; give the frames of a sequence with --frames, "
                    + "for example --frames 20")
        }
        guard shape[0].isMultiple(of: frames) else {
            throw ShardError(
                "\(file) holds \(shape[0]) frames, which are no whole sequences of \(frames); give "
                    + "another --frames")
        }
        return (shape[0] / frames, frames)
    }

    /// Height, width and channels; an axis of one channel may stand before them.
    private static func image(_ shape: [Int], file: String) throws -> [Int] {
        guard shape.count == 5 else { return [shape[2], shape[3], 1] }
        if shape[2] == 1 { return [shape[3], shape[4], 1] }
        guard shape[2] > 4 || shape[4] <= 4 else {
            throw ShardError(
                "\(file) has the shape \(shape) with channels before height; save "
                    + "array.transpose(0, 1, 3, 4, 2) instead")
        }
        return Array(shape[2...])
    }
}
