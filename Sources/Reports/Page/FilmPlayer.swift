// Films that play side by side on a page. The choice: each film is one picture, its frames from left to right; without a script
// it is seen as that, and the page's script shows one frame of it at a time.

import Formats
import Foundation

/// Films of the same frames, such as truth and forecast, under one slider.
package struct FilmPlayer: Sendable {
    private let title: String
    private let films: [(name: String, sprite: Picture)]
    private let frames, seen: Int

    /// What is said of each frame.
    private let captions: [String]

    /// Of a film's pixel how many of the screen's are a side.
    private let magnification: Int

    /// Shows the input and the forecast of a model beside the truth, and the error.
    ///
    /// - Parameters:
    ///   - prediction: the input, the truth and the forecast of single-channel or color frames.
    ///   - scores: what is said of each forecast frame.
    package init(_ title: String, _ prediction: PredictionStrip, scores: [String]) {
        self.title = title
        let whole = prediction.filmed()
        (films, frames, seen) = (whole.films, whole.frames, whole.seen)
        let (first, all) = (seen, frames)
        captions = (0..<all).map { frame in
            frame < first
                ? "frame \(frame + 1) of \(all), seen"
                : "frame \(frame + 1) of \(all), forecast \(frame - first + 1): \(scores[frame - first])"
        }
        let width = (films.first?.sprite.width ?? 1) / max(1, frames)
        magnification = max(1, 224 / max(1, width))
    }

    package var html: HTML {
        get throws {
            let width = (films.first?.sprite.width ?? 1) / max(1, frames) * magnification
            let panels = try films.map { name, sprite -> HTML in
                let data = Data(try PNGFile.encoded(sprite)).base64EncodedString()
                let height = sprite.height * magnification
                return """
                    <div class="panel"><span>\(name)</span><div class="view" style="--w:\(width)px;--h:\(height)px"><img alt="\(name), \(frames) frames from left to right" height="\(height)" width="\(width * frames)" src="data:image/png;base64,\(data)"></div></div>

                    """
            }
            let said = captions.map { "<li>\($0)</li>" as HTML }
            return """
                <figure class="film" data-frames="\(frames)" data-seen="\(seen)"><figcaption>\(title)</figcaption>
                <div class="panels">\(panels)</div><details class="captions"><summary>each frame</summary><ol>\(said)</ol></details></figure>

                """
        }
    }
}

extension PredictionStrip {
    /// The truth, the forecast and its error as films of as many frames: the input comes first in the first two, and
    /// nothing in the third.
    fileprivate func filmed() -> (films: [(name: String, sprite: Picture)], frames: Int, seen: Int) {
        let size = height * width * channels, seen = input.count / size, forecast = prediction.count / size
        let nothing = [Float](repeating: .nan, count: prediction.count - (truth?.count ?? 0))
        var films = [(String, Picture)]()
        func add(_ name: String, _ color: (_ index: Int) -> Color) {
            films.append((name, sprite(frames: seen + forecast, color)))
        }
        if let truth {
            let all = input + truth + nothing
            add("truth") { shade(all, $0) }
        }
        let all = input + prediction
        add("forecast") { shade(all, $0) }
        if let truth {
            add("error") { index in
                let place = index - input.count
                return place < 0 || place >= truth.count ? .paper : errorColor(of: prediction, truth: truth, at: place)
            }
        }
        return (films, seen + forecast, seen)
    }

    /// Frames from left to right, large ones reduced.
    private func sprite(frames: Int, _ color: (_ index: Int) -> Color) -> Picture {
        let most = max(16, min(256, 12_000 / max(1, frames)))
        let step = (max(height, width) + most - 1) / most
        let (rows, columns) = ((height + step - 1) / step, (width + step - 1) / step)
        var pixels: [UInt8] = []
        pixels.reserveCapacity(rows * columns * frames * 3)
        for row in 0..<rows {
            for frame in 0..<frames {
                for column in 0..<columns {
                    let color = color(((frame * height + row * step) * width + column * step) * channels)
                    pixels += [color.red, color.green, color.blue]
                }
            }
        }
        return Picture(width: columns * frames, height: rows, channels: 3, pixels: pixels)
    }
}
