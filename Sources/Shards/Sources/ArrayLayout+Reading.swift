// Infers the layout of an array from its shape, by one set of rules for all readers of arrays. The choice: one reading
// is preferred only if the other would make no sense; otherwise the user is asked, with what each reading would give.

extension ArrayLayout {
    /// The layout that a shape implies.
    ///
    /// Throws `ShardError` if it implies none or several, and says what to name with --layout.
    ///
    /// - Parameter known: what is known of the frames, which may rule out one of two readings.
    package static func read(
        _ shape: [Int], file: String, knowing known: KnownFrames? = nil
    ) throws(ShardError) -> LayoutReading {
        guard shape.allSatisfy({ $0 > 0 }) else { throw empty(shape, file) }
        let image = try ImageAxes(of: shape, knowing: known, file: file)
        let leading = Array(shape.dropLast(image.axes))
        switch leading.count {
        case 1:
            guard let known else { throw wrongRank(shape, file) }
            guard Set(shape.prefix(3)).count > 1 else {
                throw doubt(shape, file: file, reason: "frames may come first or last", or: framesLast)
            }
            return LayoutReading(layout: .concatenated, reason: "its frames of \(known.inWords) leave one axis")
        case 2: return try read(leading: leading, image: image, shape: shape, file: file, known: known)
        default: throw wrongRank(shape, file)
        }
    }

    /// Tells sequences from frames by the two axes before the image axes.
    private static func read(
        leading: [Int], image: ImageAxes, shape: [Int], file: String, known: KnownFrames?
    ) throws(ShardError) -> LayoutReading {
        let (first, second) = (leading[0], leading[1]), isRow = second == 1 && shape.count == 4
        if let known {
            if known.height == known.width && second == known.height && known.channels == 1 {
                throw doubt(shape, file: file, reason: "frames may come before a picture or after it", or: framesLast)
            }
            if first < known.atLeast && second < known.atLeast { throw tooShort(shape, file: file, known: known) }
            if isRow {
                guard known.atLeast > 1 else {
                    throw doubt(shape, file: file, reason: "frames and sequences cannot be told apart")
                }
                return LayoutReading(layout: .concatenated, reason: "its second axis is a single channel")
            }
            // A short second axis may be channels.
            if second >= known.atLeast && first < known.atLeast {
                return LayoutReading(
                    layout: .sequencesFirst,
                    reason: "its first axis has fewer than the \(known.atLeast) frames that are seen")
            }
            if first >= known.atLeast && second < known.atLeast && !(2...4).contains(second) {
                return LayoutReading(
                    layout: .framesFirst,
                    reason: "its second axis has fewer than the \(known.atLeast) frames that are seen")
            }
        } else {
            if image.mayBeFramesLast(after: second) {
                throw AxisOrder.doubt(shape, file: file, reason: "the last axis may be frames")
            }
            guard image.isPicture else {
                throw AxisOrder.doubt(shape, file: file, reason: "the last axes are not the sides of a picture")
            }
            if isRow { return LayoutReading(layout: .concatenated, reason: "its second axis is 1") }
        }
        return try byLength(first, second, shape: shape, file: file, isKnown: known != nil)
    }

    /// Decides by length: sequences are many, and frames are few but not so few that they may be channels.
    private static func byLength(
        _ first: Int, _ second: Int, shape: [Int], file: String, isKnown: Bool
    ) throws(ShardError) -> LayoutReading {
        let short = min(first, second), long = max(first, second)
        guard (5...100).contains(short), long > 100, long / 4 >= short else {
            // With five axes, sequences come first in most frameworks; the lengths must not contradict that.
            if shape.count == 5 && first > second && second > 1 {
                return LayoutReading(
                    layout: .sequencesFirst, reason: "it has five axes, the second shorter than the first")
            }
            let isColors = (2...4).contains(short) && shape.count == 4
            let reason =
                isColors
                ? "an axis of \(short) may be frames, sequences or colors" : "frames and sequences cannot be told apart"
            guard isKnown else { throw AxisOrder.doubt(shape, file: file, reason: reason) }
            throw doubt(
                shape, file: file, reason: reason, or: isColors ? "it is one of colors and belongs at the end" : nil)
        }
        if second == short {
            return LayoutReading(layout: .sequencesFirst, reason: "its second axis is the shorter one")
        }
        guard shape.count == 4 else {
            let reason = "frames and sequences cannot be told apart"
            throw isKnown
                ? doubt(shape, file: file, reason: reason) : AxisOrder.doubt(shape, file: file, reason: reason)
        }
        return LayoutReading(layout: .framesFirst, reason: "its first axis is the shorter one")
    }
}

// Errors for ambiguous shapes

extension ArrayLayout {
    static func wrongRank(_ shape: [Int], _ file: String) -> ShardError {
        ShardError(
            "\(file) has the shape \(shape), which is not ([sequences,] frames, height, width[, channels]) or "
                + "(frames, sequences, height, width[, channels]); reshape it with numpy first")
    }

    static func empty(_ shape: [Int], _ file: String) -> ShardError {
        ShardError("\(file) has the shape \(shape) and holds no sequences; save an array with some")
    }

    private static func tooShort(_ shape: [Int], file: String, known: KnownFrames) -> ShardError {
        ShardError(
            "\(file) has \(max(shape[0], shape[1])) frames and the model sees \(known.atLeast); give at least \(known.atLeast)"
        )
    }

    private static let framesLast = "its last axis is one of frames and belongs before the picture"

    /// An error that asks for the layout and says what each layout would make of the shape.
    private static func doubt(
        _ shape: [Int], file: String, reason: String, or other: String? = nil
    ) -> ShardError {
        let choices = allCases.compactMap { layout in
            (try? ArrayPlan(shape: shape, layout: layout, file: file)).map {
                "--layout \(layout.rawValue) for \($0.inWords)"
            }
        }
        return ShardError(
            "\(file) has the shape \(shape), in which \(reason); name what it is: \(choices.joined(separator: ", "))"
                + (other.map { "; or \($0), where numpy.moveaxis brings it" } ?? ""))
    }
}
