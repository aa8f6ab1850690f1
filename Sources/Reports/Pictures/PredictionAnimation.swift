// A prediction as an animation: truth, forecast and error side by side, one picture for each frame. The choice: the parts of the
// strip, in time instead of in space.

import Formats

extension PredictionStrip {
    /// The pictures of the animation, input frames first, each with its number and what is said of it. One is drawn when it is
    /// asked for, since all of them may take more memory than there is.
    package func animation() -> some Collection<Picture> {
        let (films, frames, seen) = filmed()
        return (0..<frames).lazy.map { frame in
            let forecast = frame - seen
            let said = scores.compactMap { name, values in
                values.indices.contains(forecast) ? "\(name) \(values[forecast])" : nil
            }
            let what = forecast < 0 ? ["input"] : ["forecast \(forecast + 1)"] + said
            return picture(
                of: films, frame: frame, of: frames, caption: (["frame \(frame + 1)"] + what).joined(separator: ", "))
        }
    }

    private func picture(
        of films: [(name: String, sprite: Picture)], frame: Int, of frames: Int, caption: String
    ) -> Picture {
        let (height, width) = (films[0].sprite.height, films[0].sprite.width / frames)
        let scale = max(1, 256 / max(height, width)), gap = 8, text = BitmapFont.height * 2
        let panel = width * scale + gap
        let least = [title, caption].map { BitmapFont.width(of: $0) * 2 + 2 * gap }.max()!
        var picture = Picture(
            width: max(films.count * panel + gap, least), height: height * scale + 3 * (text + gap) + 2 * gap,
            filledWith: .paper)
        picture.write(title, x: gap, y: gap, scale: 2)
        for (place, film) in films.enumerated() {
            let left = gap + place * panel, top = 2 * (text + gap) + gap
            picture.write(film.name, x: left, y: text + 2 * gap, scale: 2)
            let columns = frame * width..<(frame + 1) * width
            picture.draw(film.sprite, columns: columns, x: left, y: top, scale: scale)
        }
        picture.write(caption, x: gap, y: picture.height - text - gap, scale: 2)
        return picture
    }
}

extension ColorScale {
    /// The frames of a sequence of shape (frames, height, width, channels) as the pictures of an animation, each drawn when it
    /// is asked for.
    package func animation(
        of values: [Float], frames: Int, height: Int, width: Int, channels: Int
    ) -> some Collection<Picture> {
        let strip = filmstrip(of: values, frames: frames, height: height, width: width, channels: channels)
        let scale = max(1, 256 / max(height, width))
        return (0..<frames).lazy.map { frame in
            var picture = Picture(width: width * scale, height: height * scale, filledWith: .paper)
            let left = frame * (width + 1)
            picture.draw(strip, columns: left..<left + width, x: 0, y: 0, scale: scale)
            return picture
        }
    }
}
