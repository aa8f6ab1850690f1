// A prediction to look at: rows input, truth, prediction and error, a column a frame. The choice: frames are drawn
// between the least and the greatest value that the data can have, never stretched to their own, so that pictures
// compare.

import Formats

/// What went into a model, what came out, and what should have.
package struct PredictionStrip: Sendable {
    /// Frames of shape (T, H, W, C), one after the other.
    package let input, prediction: [Float]

    /// What the first of the predicted frames were to be, shape (T, H, W, C); nil for a future that nobody has seen.
    package let truth: [Float]?

    package let height, width, channels: Int

    /// The values drawn as black and as white; what lies beyond is drawn as these.
    package let range: ClosedRange<Float>

    /// Screen pixels to the side of a frame's pixel.
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

    /// The strip as a picture in colors, with the rows' names at the left and the frames' numbers above.
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

    /// One line of frames of the strip.
    private struct Row {
        var name: String
        var frames: Int
        /// The number above the first frame, where numbers are shown.
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
            Row(name: "error", frames: known) { errorColor(prediction, truth, $0) },
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

// Measures, in screen pixels.
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

// Colors.
extension PredictionStrip {
    /// Three channels as red, green and blue; any other number as the gray of their mean.
    private func shade(_ values: [Float], _ index: Int) -> Color {
        if channels == 3 {
            return Color(red: level(values[index]), green: level(values[index + 1]), blue: level(values[index + 2]))
        }
        return .gray(level(mean(values, index)))
    }

    /// White where prediction and truth agree, towards red where the prediction is too bright, towards blue where too
    /// dark.
    private func errorColor(_ prediction: [Float], _ truth: [Float], _ index: Int) -> Color {
        let error = (mean(prediction, index) - mean(truth, index)) / (range.upperBound - range.lowerBound)
        let extreme = error > 0 ? Color(red: 178, green: 16, blue: 32) : Color(red: 24, green: 80, blue: 176)
        return Color.white.mixed(with: extreme, weight: clamped(abs(error)))
    }

    private func mean(_ values: [Float], _ index: Int) -> Float {
        values[index..<index + channels].reduce(0, +) / Float(channels)
    }

    private func level(_ value: Float) -> UInt8 {
        UInt8((255 * clamped((value - range.lowerBound) / (range.upperBound - range.lowerBound))).rounded())
    }

    /// A number from 0 to 1; what is not a number counts as 0.
    private func clamped(_ value: Float) -> Float { value > 0 ? min(value, 1) : 0 }
}
