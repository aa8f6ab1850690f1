// A prediction as films: truth, forecast and error, frame by frame. The choice: a film is one picture, its frames from left to
// right, which a page and an animation take apart.

import Formats

extension PredictionStrip {
    /// The truth, the forecast and its error as films of as many frames: the input comes first in the first two, and
    /// nothing in the third.
    func filmed() -> (films: [(name: String, sprite: Picture)], frames: Int, seen: Int) {
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
