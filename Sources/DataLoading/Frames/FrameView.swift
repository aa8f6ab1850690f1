// Which pixel of the data a network sees where: a window of the frame, in one of eight orientations. The choice: a view is a
// map of indices, so that crops, padding and augmentation are one thing, and the same for input and truth.

import Model

/// A window of a frame, which may reach beyond it, and its orientation.
package struct FrameView: Sendable, Equatable {
    /// The row and column of the window's first pixel before it is turned.
    package var top = 0, left = 0

    /// The size of what the network sees.
    package let height, width: Int

    /// Whether rows and columns run backwards within the window, and whether they are exchanged before that.
    package var flipsRows = false, flipsColumns = false, transposes = false

    package init(height: Int, width: Int) { (self.height, self.width) = (height, width) }

    /// Gives the body the view of a frame, which is copied to `window` unless it is the frame itself.
    package func see(
        _ frame: Span<Float>, of shape: FeatureShape, in window: inout [Float], _ body: (Span<Float>) -> Void
    ) {
        guard !isWhole(shape) else { return body(frame) }
        var copied = window.mutableSpan
        copy(frame, of: shape, into: &copied)
        body(window.span)
    }

    /// Whether the view is the frame itself.
    package func isWhole(_ frame: FeatureShape) -> Bool {
        self == FrameView(height: frame.height, width: frame.width)
    }

    /// Copies the view of a frame of shape (height, width, channels); what lies outside is missing, NaN.
    package func copy(_ frame: Span<Float>, of shape: FeatureShape, into view: inout MutableSpan<Float>) {
        precondition(frame.count == shape.count && view.count == height * width * shape.channels)
        for y in 0..<height {
            for x in 0..<width {
                let (u, v) = transposes ? (x, y) : (y, x)
                let (rows, columns) = transposes ? (width, height) : (height, width)
                let row = top + (flipsRows ? rows - 1 - u : u), column = left + (flipsColumns ? columns - 1 - v : v)
                let isInside = row < shape.height && column < shape.width
                let from = (row * shape.width + column) * shape.channels, to = (y * width + x) * shape.channels
                for channel in 0..<shape.channels { view[to + channel] = isInside ? frame[from + channel] : .nan }
            }
        }
    }
}
