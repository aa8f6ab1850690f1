// Films that play side by side on a page. The choice: each film is one picture, its frames from left to right; without a script
// it is seen as that, and the page's script shows one frame of it at a time.

import Formats
import Foundation

/// Films of the same frames, such as truth and forecast, under one slider.
package struct FilmPlayer: Sendable {
    private let title: String
    private let films: [(name: String, sprite: Picture)]
    private let frames, seen: Int
    private let scale: ColorScale

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
        (self.title, scale) = (title, prediction.scale)
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
                let data = Data(try PNGFile.encoded(sprite, isFast: true)).base64EncodedString()
                let height = sprite.height * magnification
                return """
                    <div class="panel"><span>\(name)</span><div class="view" style="--w:\(width)px;--h:\(height)px"><img alt="\(name), \(frames) frames from left to right" height="\(height)" width="\(width * frames)" src="data:image/png;base64,\(data)"></div></div>

                    """
            }
            let said = captions.map { "<li>\($0)</li>" as HTML }
            return """
                <figure class="film" data-frames="\(frames)" data-seen="\(seen)"><figcaption>\(title)</figcaption>
                <div class="panels">\(panels)</div>\(legend)<details class="captions"><summary>each frame</summary><ol>\(said)</ol></details></figure>

                """
        }
    }

    /// The colors of rain and what they mean; nothing for gray.
    private var legend: HTML {
        let entries = scale.legend.map { color, text -> HTML in
            let swatch: HTML = color.map { "<i style=\"background: \($0.hexadecimal)\"></i>" } ?? ""
            return "<span>\(swatch)\(text)</span>"
        }
        return entries.isEmpty ? "" : "<p class=\"legend\">\(entries)</p>"
    }
}
