// A layout applied to a shape. The choice: two strides, in frames, locate every frame, whatever the layout.

/// The location of each frame of an array.
package struct ArrayPlan: Equatable, Sendable {
    package var geometry: SequenceGeometry
    package var count: Int
    /// The distances between consecutive sequences and between consecutive frames, in frames.
    package var sequenceStride: Int, frameStride: Int

    private let isRow: Bool

    /// Throws `ShardError` if the shape does not fit the layout.
    ///
    /// - Parameter frames: the number of frames per sequence of a `concatenated` array; nil for a single sequence.
    package init(shape: [Int], layout: ArrayLayout, frames: Int? = nil, file: String) throws(ShardError) {
        guard shape.allSatisfy({ $0 > 0 }) else { throw ArrayLayout.empty(shape, file) }
        isRow = layout == .concatenated
        guard (isRow ? 3...4 : 4...5).contains(shape.count) else { throw ArrayLayout.wrongRank(shape, file) }
        let image = try ImageAxes(shape, axes: shape.count - (isRow ? 1 : 2), isNamed: true, file)
        let length: Int
        switch layout {
        case .framesFirst: (length, count) = (shape[0], shape[1])
        case .sequencesFirst: (count, length) = (shape[0], shape[1])
        case .concatenated:
            length = frames ?? shape[0]
            guard shape[0].isMultiple(of: length) else {
                throw ShardError(
                    "\(file) holds \(shape[0]) frames, which do not make whole sequences of \(length); give "
                        + "another --frames")
            }
            count = shape[0] / length
        }
        geometry = SequenceGeometry(frames: length, height: image.height, width: image.width, channels: image.channels)
        (sequenceStride, frameStride) = layout == .framesFirst ? (1, count) : (length, 1)
    }

    /// The plan in words, such as "12 sequences of 6 frames of 16 x 16 x 1".
    var inWords: String {
        guard !isRow else { return "\(geometry) in one row" }
        return "\(count) sequence\(count == 1 ? "" : "s") of \(geometry)"
    }
}
