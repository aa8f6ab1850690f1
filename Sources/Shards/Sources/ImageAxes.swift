// The last axes of a shape as the axes of a frame. The choice: channels come last, or there is a single one; a shape
// with channels that may come before the height is refused.

/// The axes of a frame.
struct ImageAxes: Equatable {
    /// The number of the shape's last axes that belong to a frame: 2, or 3 with one for channels.
    let axes: Int
    let height: Int, width: Int, channels: Int

    /// The frame axes at the end of a shape.
    ///
    /// Throws `ShardError` for a shape that cannot hold sequences, for channels that seem to come before the height,
    /// and for frames that differ from the known ones.
    init(of shape: [Int], knowing known: KnownFrames?, file: String) throws(ShardError) {
        if let known {
            try self.init(known, in: shape, file)
        } else {
            guard (3...5).contains(shape.count) else { throw ArrayLayout.wrongRank(shape, file) }
            try self.init(shape, axes: shape.count == 5 ? 3 : 2, isNamed: false, file)
        }
    }

    /// The axes of frames of a known size; a single channel needs no axis.
    private init(_ known: KnownFrames, in shape: [Int], _ file: String) throws(ShardError) {
        let sides = [known.height, known.width]
        // In (frames, 1, height, width) the axis of 1 counts as one before the frame, as for unknown frames.
        let forms =
            known.channels > 1
            ? [sides + [known.channels]]
            : [sides + [1]] + (shape.count == 5 ? [[1] + sides] : [sides])
        let form = forms.first { (1...2).contains(shape.count - $0.count) && shape.suffix($0.count).elementsEqual($0) }
        guard let form else { throw Self.otherFrames(shape, than: known, file: file) }
        (axes, height, width, channels) = (form.count, known.height, known.width, known.channels)
    }

    /// Interprets the last axes of a shape.
    ///
    /// - Parameters:
    ///   - axes: how many belong to a frame; of three, one is for channels.
    ///   - isNamed: whether the user has said that channels are last.
    init(_ shape: [Int], axes: Int, isNamed: Bool, _ file: String) throws(ShardError) {
        let image = Array(shape.suffix(axes))
        self.axes = axes
        if axes == 2 || image[0] == 1 {
            (height, width, channels) = (image[axes - 2], image[axes - 1], 1)
            return
        }
        // Channels are few, or at least fewer than a picture's side is long.
        let isFirst = image[2] > 4 && (image[0] <= 4 || !isNamed && image[2] >= image[0])
        guard !isFirst else { throw Self.channelsFirst(shape, file) }
        (height, width, channels) = (image[0], image[1], image[2])
    }

    /// Whether both sides have plausible lengths for a picture.
    var isPicture: Bool { min(height, width) > 4 && Self.isPicture(height, width) }

    private static func isPicture(_ height: Int, _ width: Int) -> Bool {
        min(height, width) >= (max(height, width) + 3) / 4
    }

    /// Whether the axis before the frame and the frame's first axis could be the sides of a picture, and the next one
    /// frames: (sequences, height, width, frames).
    func mayBeFramesLast(after axis: Int) -> Bool {
        axis == height || Self.isPicture(axis, height) && width < min(axis, height)
    }

    private static func channelsFirst(_ shape: [Int], _ file: String) -> ShardError {
        ShardError(
            "\(file) has the shape \(shape), which seems to have channels before height; save numpy.moveaxis(array, -3, -1) "
                + "instead, or name the order of its axes, for convlstm-shard split with --axes")
    }

    private static func otherFrames(_ shape: [Int], than known: KnownFrames, file: String) -> ShardError {
        let sides = [known.height, known.width], channels = known.channels
        let wanted =
            channels == 1 ? "(frames, \(sides[0]), \(sides[1]))" : "(frames, \(sides[0]), \(sides[1]), \(channels))"
        let advice =
            if channels > 1 && shape.suffix(3).elementsEqual([channels] + sides) {
                "save numpy.moveaxis(array, -3, -1) instead, which has its channels last"
            } else if shape.last ?? 0 > 4 && shape.dropLast().suffix(2).elementsEqual(sides) {
                "if its frames are the last axis, save numpy.moveaxis(array, -1, -3) instead"
            } else {
                "give an array of \(wanted), or of several such sequences"
            }
        return ShardError(
            "\(file) has the shape \(shape) and the checkpoint was trained on frames of \(known.inWords); \(advice)")
    }
}
