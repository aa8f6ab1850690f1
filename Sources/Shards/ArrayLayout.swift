// How sequences lie in somebody's array. The choice: the layout is named by people or told by the shape where the shape
// leaves no doubt; where it does, nothing is guessed.

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
            throw ShardError(
                "\(file) has the shape \(shape), in which frames and sequences cannot be told apart; say "
                    + "which comes first with --layout frames-first or --layout sequences-first")
        }
        return shape[0] < shape[1]
            ? (.framesFirst, "its first axis is the shorter one")
            : (.sequencesFirst, "its second axis is the shorter one")
    }

    static func wrongRank(_ shape: [Int], _ file: String) -> ShardError {
        ShardError(
            "\(file) has the shape \(shape), which is not (sequences, frames, height, width[, channels]) or "
                + "(frames, sequences, height, width); reshape it with numpy first")
    }
}
