// A prediction as a picture: rows for input, truth, prediction and error, one column per frame. The choice: frames are
// scaled by the smallest and largest value that the data can have, not by their own, so that pictures are comparable.

import Formats

/// The input of a model, its output, and the truth.
package struct PredictionStrip: Sendable {
    /// Frames of shape (T, H, W, C).
    package let input, prediction: [Float]

    /// The true frames for the first of the predicted ones, of shape (T, H, W, C); nil if the future is unknown.
    package let truth: [Float]?

    package let height, width, channels: Int

    /// The values drawn as black and as white; values beyond are clipped to them.
    package let range: ClosedRange<Float>

    /// The number of screen pixels per side of a frame's pixel.
    package let magnification: Int

    package init(
        input: [Float], truth: [Float]?, prediction: [Float], height: Int, width: Int, channels: Int = 1,
        range: ClosedRange<Float>, magnification: Int = 2
    ) {
        let whole = [input, prediction].allSatisfy { $0.count.isMultiple(of: height * width * channels) }
        precondition(whole, "a strip shows whole frames of H x W x C pixels")
        let known = truth?.count ?? 0
        precondition(
            known <= prediction.count && known.isMultiple(of: height * width * channels),
            "truth is whole frames, no more than the prediction has")
        self.input = input
        self.truth = truth
        self.prediction = prediction
        self.height = height
        self.width = width
        self.channels = channels
        self.range = range
        self.magnification = magnification
    }

    /// The strip as a color picture, with the row names on the left and the frame numbers above.
    package func picture() -> Picture {
        let rows = rows, columns = rows.map(\.frames).max() ?? 0
        var picture = Picture(
            width: namesWidth + columns * (width * magnification + gap),
            height: rows.reduce(gap) { $0 + heightOf($1) }, filledWith: .paper)
        var top = gap
        for row in rows {
            draw(row, top: top, into: &picture)
            top += heightOf(row)
        }
        return picture
    }

    /// One row of frames of the strip.
    private struct Row {
        var name: String
        var frames: Int
        /// The number above the first frame; nil if the row has no numbers.
        var firstNumber: Int?
        /// The color of the pixel whose channels start at an index of the row's frames.
        var color: (_ index: Int) -> Color
    }

    private var rows: [Row] {
        let seen = frames(of: input), predicted = frames(of: prediction), known = frames(of: truth ?? [])
        let first = Row(name: "input", frames: seen, firstNumber: 1) { shade(input, $0) }
        let outcome = Row(name: "prediction", frames: predicted, firstNumber: known < predicted ? seen + 1 : nil) {
            shade(prediction, $0)
        }
        guard let truth else { return [first, outcome] }
        return [
            first,
            Row(name: "truth", frames: known, firstNumber: seen + 1) { shade(truth, $0) },
            outcome,
            Row(name: "error", frames: known) { errorColor(of: prediction, truth: truth, at: $0) },
        ]
    }

    private func draw(_ row: Row, top: Int, into picture: inout Picture) {
        let framesTop = top + (row.firstNumber == nil ? 0 : textHeight + gap)
        picture.write(row.name, x: gap, y: framesTop, scale: fontScale)
        for frame in 0..<row.frames {
            let left = namesWidth + frame * (width * magnification + gap)
            if let first = row.firstNumber {
                picture.write("\(first + frame)", x: left, y: top, scale: fontScale)
            }
            for pixel in 0..<height * width {
                let (y, x) = pixel.quotientAndRemainder(dividingBy: width)
                picture.fill(
                    x: left + x * magnification, y: framesTop + y * magnification, side: magnification,
                    with: row.color((frame * height * width + pixel) * channels))
            }
        }
    }
}

// Dimensions in screen pixels
extension PredictionStrip {
    private var gap: Int { 4 }
    private var fontScale: Int { 2 }
    private var textHeight: Int { BitmapFont.height * fontScale }
    private var namesWidth: Int { gap + BitmapFont.width(of: "prediction") * fontScale + 2 * gap }

    private func heightOf(_ row: Row) -> Int {
        let numbers = row.firstNumber == nil ? 0 : textHeight + gap
        return numbers + max(height * magnification, textHeight) + gap
    }

    private func frames(of values: [Float]) -> Int { values.count / (height * width * channels) }
}

// Colors
extension PredictionStrip {
    /// The color of a pixel: RGB for three channels, otherwise the gray of their mean.
    private func shade(_ values: [Float], _ index: Int) -> Color {
        if channels == 3 {
            return Color(red: level(values[index]), green: level(values[index + 1]), blue: level(values[index + 2]))
        }
        return .gray(level(mean(values, at: index)))
    }

    /// The color of an error: white where prediction and truth agree, red where the prediction is too bright, blue
    /// where it is too dark.
    private func errorColor(of prediction: [Float], truth: [Float], at index: Int) -> Color {
        let error = (mean(prediction, at: index) - mean(truth, at: index)) / (range.upperBound - range.lowerBound)
        let extreme = error > 0 ? Color(red: 178, green: 16, blue: 32) : Color(red: 24, green: 80, blue: 176)
        return Color.white.mixed(with: extreme, weight: clamped(abs(error)))
    }

    private func mean(_ values: [Float], at index: Int) -> Float {
        values[index..<index + channels].reduce(0, +) / Float(channels)
    }

    private func level(_ value: Float) -> UInt8 {
        UInt8((255 * clamped((value - range.lowerBound) / (range.upperBound - range.lowerBound))).rounded())
    }

    /// Clamps a value to 0 ... 1; NaN becomes 0.
    private func clamped(_ value: Float) -> Float { value > 0 ? min(value, 1) : 0 }
}
