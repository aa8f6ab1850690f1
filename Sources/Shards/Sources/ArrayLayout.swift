// How sequences lie in somebody's array. The choice: the layout is named by people or told by the shape where the shape
// leaves no doubt; where it does, nothing is guessed.

/// The order of the axes of an array of sequences.
package enum ArrayLayout: String, CaseIterable, Sendable {
    /// (frames, sequences, height, width[, channels]): the Toronto file.
    case framesFirst = "frames-first"
    /// (sequences, frames, height, width[, channels]).
    case sequencesFirst = "sequences-first"
    /// (sequences * frames, height, width), (..., 1, height, width) or (..., height, width, channels): frames in one
    /// row, as the npz files of older generators, or one long film.
    case concatenated
}

/// Frames that an array is to hold, where that is known beforehand: their size, and how many a sequence has at least.
package struct KnownFrames: Sendable {
    package var height, width, channels, atLeast: Int

    package init(height: Int, width: Int, channels: Int, atLeast: Int) {
        (self.height, self.width, self.channels, self.atLeast) = (height, width, channels, atLeast)
    }

    var inWords: String { "\(height) x \(width) x \(channels)" }
}

/// A layout with the reason why it was taken, in words.
package struct LayoutReading: Equatable, Sendable, CustomStringConvertible {
    package var layout: ArrayLayout
    package var reason: String

    package init(layout: ArrayLayout, reason: String) { (self.layout, self.reason) = (layout, reason) }

    package var description: String { "\(layout.rawValue) because \(reason)" }
}
