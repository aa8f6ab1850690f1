// The layout of sequences in a given array. The choice: the user names the layout, or the shape implies it without
// ambiguity; an ambiguous shape is never guessed at.

/// The order of the axes of an array of sequences.
package enum ArrayLayout: String, CaseIterable, Sendable {
    /// Shape (frames, sequences, height, width[, channels]), as in the Toronto file.
    case framesFirst = "frames-first"
    /// Shape (sequences, frames, height, width[, channels]).
    case sequencesFirst = "sequences-first"
    /// Shape (sequences * frames, height, width), (..., 1, height, width) or (..., height, width, channels): frames in
    /// one row, as in the npz files of older generators, or one long clip.
    case concatenated
}

/// What is known in advance of an array's frames: their size, and the smallest number per sequence.
package struct KnownFrames: Sendable {
    package var height, width, channels, atLeast: Int

    package init(height: Int, width: Int, channels: Int, atLeast: Int) {
        (self.height, self.width, self.channels, self.atLeast) = (height, width, channels, atLeast)
    }

    var inWords: String { "\(height) x \(width) x \(channels)" }
}

/// A layout with the reason for choosing it, in words.
package struct LayoutReading: Equatable, Sendable, CustomStringConvertible {
    package var layout: ArrayLayout
    package var reason: String

    package init(layout: ArrayLayout, reason: String) { (self.layout, self.reason) = (layout, reason) }

    package var description: String { "\(layout.rawValue) because \(reason)" }
}
