// Which pixel of the data a network sees where: a window of the frame, in one of eight orientations. The choice: a view is a
// map of indices, so that crops, padding and augmentation are one thing, and the same for input and truth.

import Model
import Shards

/// A window of a frame, which may reach beyond it, and its orientation.
package struct FrameView: Sendable, Equatable {
    /// The row and column of the window's first pixel before it is turned.
    package var top = 0, left = 0

    /// The size of what the network sees.
    package let height, width: Int

    /// Whether rows and columns run backwards within the window, and whether they are exchanged before that.
    package var flipsRows = false, flipsColumns = false, transposes = false

    package init(height: Int, width: Int) { (self.height, self.width) = (height, width) }

    /// Gives the body the view of a sequence's frame, which is copied to `window` unless it is in memory as such.
    package func see(
        _ values: SequenceValues, frame: Int, of shape: FeatureShape, in window: inout [Float],
        _ body: (Span<Float>) -> Void
    ) {
        let whole = isWhole(shape) ? frame * shape.count..<(frame + 1) * shape.count : nil
        if let whole, values.look(at: whole, body) { return }
        var copied = window.mutableSpan
        if let whole {
            values.copy(whole, into: &copied)
        } else {
            copy(values, frame: frame, of: shape, into: &copied)
        }
        body(window.span)
    }

    /// Whether the view is the frame itself.
    package func isWhole(_ frame: FeatureShape) -> Bool {
        self == FrameView(height: frame.height, width: frame.width)
    }

    /// Copies the view of a sequence's frame of shape (height, width, channels); what lies outside is missing, NaN.
    package func copy(
        _ values: SequenceValues, frame: Int, of shape: FeatureShape, into view: inout MutableSpan<Float>
    ) {
        let channels = shape.channels, (rows, columns) = transposes ? (width, height) : (height, width)
        precondition(view.count == rows * columns * channels && (frame + 1) * shape.count <= values.count)
        let inside = max(0, min(columns, shape.width - left)) * channels
        var pixels = [Float](repeating: .nan, count: columns * channels)
        for row in 0..<rows {
            if top + row < shape.height {
                let first = ((frame * shape.height + top + row) * shape.width + left) * channels
                var all = pixels.mutableSpan, known = all.extracting(0..<inside)
                values.copy(first..<first + inside, into: &known)
            } else {
                for i in pixels.indices { pixels[i] = .nan }
            }
            let u = flipsRows ? rows - 1 - row : row
            for column in 0..<columns {
                let v = flipsColumns ? columns - 1 - column : column
                let place = transposes ? v * width + u : u * width + v
                for c in 0..<channels { view[place * channels + c] = pixels[column * channels + c] }
            }
        }
    }
}
