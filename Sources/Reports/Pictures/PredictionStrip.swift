// A prediction as a picture: rows for input, truth, prediction and error, one column per frame. The choice: one scale of
// colors for all data of a kind, not one for each frame, so that pictures are comparable.

import Formats

/// The input of a model, its output, and the truth.
package struct PredictionStrip: Sendable {
    /// Frames of shape (T, H, W, C).
    package let input, prediction: [Float]

    /// The true frames for the first of the predicted ones, of shape (T, H, W, C); nil if the future is unknown.
    package let truth: [Float]?

    package let height, width, channels: Int

    package let scale: ColorScale

    /// What is said of the whole, above the frames; nothing if it is empty.
    package var title = ""

    /// What is said of each known frame of the prediction, such as its SSIM, in rows below it.
    package var scores: [(name: String, values: [String])] = []

    /// The number of screen pixels per side of a frame's pixel.
    private let magnification: Int

    /// Of how many rows and columns of a large frame one is drawn.
    private let reduction: Int

    /// - Parameter side: the pixels of the screen that the longer side of a small frame is magnified to.
    package init(
        input: [Float], truth: [Float]?, prediction: [Float], height: Int, width: Int, channels: Int = 1,
        scale: ColorScale, side: Int = 128
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
        self.scale = scale
        magnification = max(1, side / max(height, width))
        reduction = (max(height, width) + Self.largestSide - 1) / Self.largestSide
    }

    /// The longest side of a frame in the picture; larger ones are drawn smaller.
    private static let largestSide = 400

    /// The strip as a color picture, with the row names on the left and the frame numbers above.
    package func picture() -> Picture {
        let rows = rows, columns = rows.map(\.frames).max() ?? 0
        var picture = Picture(
            width: max(namesWidth + columns * columnWidth, legendWidth, titleWidth),
            height: rows.reduce(gap) { $0 + heightOf($1) } + titleHeight + scoresHeight + legendHeight,
            filledWith: .paper)
        var top = gap
        if !title.isEmpty { picture.write(title, x: gap, y: top, scale: fontScale) }
        top += titleHeight
        for row in rows {
            draw(row, top: top, into: &picture)
            top += heightOf(row)
        }
        for (name, values) in scores {
            picture.write(name, x: gap, y: top, scale: fontScale)
            for (frame, value) in values.enumerated() where BitmapFont.width(of: value) * fontScale < columnWidth {
                picture.write(value, x: namesWidth + frame * columnWidth, y: top, scale: fontScale)
            }
            top += textHeight + gap
        }
        drawLegend(top: top, into: &picture)
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
            let left = namesWidth + frame * columnWidth
            if let first = row.firstNumber {
                picture.write("\(first + frame)", x: left, y: top, scale: fontScale)
            }
            for pixel in 0..<shown.height * shown.width {
                let (y, x) = pixel.quotientAndRemainder(dividingBy: shown.width)
                let source = (frame * height + y * reduction) * width + x * reduction
                picture.fill(
                    x: left + x * magnification, y: framesTop + y * magnification, side: magnification,
                    with: row.color(source * channels))
            }
        }
    }

    /// Draws a square for each color of a scale with steps, with the threshold from which it is used.
    private func drawLegend(top: Int, into picture: inout Picture) {
        var left = gap
        for (color, text) in scale.legend {
            if let color { picture.fill(x: left, y: top, side: textHeight, with: color) }
            left += color == nil ? 0 : textHeight + gap
            picture.write(text, x: left, y: top, scale: fontScale)
            left += BitmapFont.width(of: text) * fontScale + 3 * gap
        }
    }

    private var legendHeight: Int { scale.legend.isEmpty ? 0 : textHeight + gap }

    private var legendWidth: Int {
        scale.legend.reduce(gap) { width, entry in
            width + (entry.color == nil ? 0 : textHeight + gap) + BitmapFont.width(of: entry.text) * fontScale + 3 * gap
        }
    }

    /// The size of a frame as it is drawn, before magnification.
    private var shown: (height: Int, width: Int) {
        ((height + reduction - 1) / reduction, (width + reduction - 1) / reduction)
    }
}

// Dimensions in screen pixels
extension PredictionStrip {
    private var gap: Int { 4 }
    private var fontScale: Int { 2 }
    private var textHeight: Int { BitmapFont.height * fontScale }
    private var columnWidth: Int { shown.width * magnification + gap }
    private var titleHeight: Int { title.isEmpty ? 0 : textHeight + 2 * gap }
    private var titleWidth: Int { title.isEmpty ? 0 : BitmapFont.width(of: title) * fontScale + 2 * gap }
    private var scoresHeight: Int { scores.count * (textHeight + gap) }
    private var namesWidth: Int { gap + BitmapFont.width(of: "prediction") * fontScale + 2 * gap }

    private func heightOf(_ row: Row) -> Int {
        let numbers = row.firstNumber == nil ? 0 : textHeight + gap
        return numbers + max(shown.height * magnification, textHeight) + gap
    }

    private func frames(of values: [Float]) -> Int { values.count / (height * width * channels) }
}

// Colors
extension PredictionStrip {
    /// The color of a pixel: RGB for three channels, otherwise the gray of their mean.
    func shade(_ values: [Float], _ index: Int) -> Color {
        if channels == 3 {
            return Color(
                red: scale.level(of: values[index]), green: scale.level(of: values[index + 1]),
                blue: scale.level(of: values[index + 2]))
        }
        return scale.color(of: mean(values, at: index))
    }

    func errorColor(of prediction: [Float], truth: [Float], at index: Int) -> Color {
        scale.color(ofError: mean(prediction, at: index), truth: mean(truth, at: index))
    }

    private func mean(_ values: [Float], at index: Int) -> Float {
        values[index..<index + channels].reduce(0, +) / Float(channels)
    }
}
