// A chart as a picture of pixels, for what reads no SVG. The choice: lines are smooth since each pixel takes as much of their color
// as they cover of it, and texts are in the font of the strips.

import Formats

extension Color {
    /// The colors of curves, after which they begin again; told apart also by those who see no red or no green.
    static let series = [
        Color(red: 0x2f, green: 0x80, blue: 0xe0), Color(red: 0xe0, green: 0x73, blue: 0x1d),
        Color(red: 0x2f, green: 0x9a, blue: 0x5b), Color(red: 0xb3, green: 0x3a, blue: 0x8c),
        Color(red: 0x8a, green: 0x7a, blue: 0x1c), Color(red: 0x6a, green: 0x5a, blue: 0xcd),
    ]
}

extension Chart {
    /// The chart in the form that is seen first, with its legend; two pixels wide for each unit of its layout.
    package func picture() -> Picture {
        let legend = legend
        var picture = Picture(
            width: Int(Self.width) * Self.scale, height: Int(Self.height + legend.height) * Self.scale,
            filledWith: .white)
        for mark in columns + field(firstForm) + legend.marks { draw(mark, on: &picture) }
        return picture
    }

    private static let scale = 2

    private func draw(_ mark: Mark, on picture: inout Picture) {
        let scale = Double(Self.scale)
        switch mark {
        case .text(let text, let x, let y, let anchor):
            let width = BitmapFont.width(of: text) * Self.scale
            let before = anchor == .start ? 0 : anchor == .middle ? width / 2 : width
            // The font's letters stand on the line below their sixth row.
            picture.write(
                text, x: Int(x * scale) - before, y: Int(y * scale) - 6 * Self.scale, scale: Self.scale, color: .ink)
        case .grid(let y):
            picture.stroke(
                [Point(Self.left * scale, y * scale), Point(Self.right * scale, y * scale)], width: 1, .ink,
                opacity: 0.25)
        case .curve(let points, let series, let stroke):
            let color = Color.series[series % Color.series.count]
            picture.stroke(
                points.map { Point($0.x * scale, $0.y * scale) }, width: stroke == .raw ? 2 : 3.6, color,
                opacity: stroke == .raw ? 0.35 : 1)
        case .swatch(let x, let y, let series):
            picture.fill(
                x: Int(x * scale), y: Int(y * scale), side: Int(Self.swatch * scale),
                with: Color.series[series % Color.series.count])
        }
    }
}

extension Picture {
    /// Draws lines from point to point, with round ends; a dot if there is one point alone.
    fileprivate mutating func stroke(_ points: [Chart.Point], width: Double, _ color: Color, opacity: Double) {
        guard let first = points.first else { return }
        var covered: [Int: Double] = [:]
        let ends = points.count > 1 ? Array(zip(points, points.dropFirst())) : [(first, first)]
        let radius = points.count > 1 ? width / 2 : width
        for (from, to) in ends {
            for row in Self.pixels(from.y, to.y, radius, height) {
                for column in Self.pixels(from.x, to.x, radius, self.width) {
                    let distance = Chart.Point(Double(column) + 0.5, Double(row) + 0.5).distance(from: from, to: to)
                    let share = min(1, max(0, radius + 0.5 - distance))
                    if share > 0 { covered[row * self.width + column, default: 0].formMax(share) }
                }
            }
        }
        // Where a curve meets itself it does not become darker.
        for (pixel, share) in covered { blend(color, into: pixel, weight: Float(share * opacity)) }
    }

    private mutating func blend(_ color: Color, into pixel: Int, weight: Float) {
        let place = 3 * pixel
        let mixed = Color(red: pixels[place], green: pixels[place + 1], blue: pixels[place + 2])
            .mixed(with: color, weight: weight)
        (pixels[place], pixels[place + 1], pixels[place + 2]) = (mixed.red, mixed.green, mixed.blue)
    }

    /// The pixels of one direction that a line between two places may cover.
    private static func pixels(_ a: Double, _ b: Double, _ radius: Double, _ count: Int) -> Range<Int> {
        let low = max(0, (min(a, b) - radius - 1).rounded(.down)), high = min(Double(count), max(a, b) + radius + 1)
        return low < high ? Int(low)..<Int(high) : 0..<0
    }
}

extension Chart.Point {
    /// The distance from a line between two points.
    fileprivate func distance(from start: Chart.Point, to end: Chart.Point) -> Double {
        let (dx, dy) = (end.x - start.x, end.y - start.y), length = dx * dx + dy * dy
        let part = length > 0 ? min(1, max(0, ((x - start.x) * dx + (y - start.y) * dy) / length)) : 0
        let (ax, ay) = (x - start.x - part * dx, y - start.y - part * dy)
        return (ax * ax + ay * ay).squareRoot()
    }
}

extension Double {
    fileprivate mutating func formMax(_ other: Double) { self = max(self, other) }
}
