// Curves over steps or frames. The choice: a chart is laid out once, as marks with places and no looks, which a page, a file of SVG
// and a picture draw each in its own way.

import Foundation

/// Curves with axes and a legend.
package struct Chart: Sendable {
    package struct Series: Sendable {
        package let name: String
        package let points: [Point]

        /// Whether a smoothed curve is drawn over a faint one.
        package let isNoisy: Bool

        /// Points whose values are not finite are left out.
        package init(_ name: String, _ points: [Point], isNoisy: Bool = false) {
            (self.name, self.isNoisy) = (name, isNoisy)
            self.points = points.filter { $0.x.isFinite && $0.y.isFinite }
        }
    }

    package struct Point: Sendable, Equatable {
        package var x, y: Double

        package init(_ x: Double, _ y: Double) { (self.x, self.y) = (x, y) }
    }

    package let title: String
    private let xName: String
    let series: [Series]

    /// Whether the logarithmic form is the one that is seen first.
    let isLogarithmic: Bool

    package init(_ title: String, over xName: String, _ series: [Series], isLogarithmic: Bool = false) {
        (self.title, self.xName, self.isLogarithmic) = (title, xName, isLogarithmic)
        self.series = series.filter { !$0.points.isEmpty }
    }

    /// Whether there is nothing to draw.
    package var isEmpty: Bool { series.isEmpty }

    /// The form that is seen first.
    var firstForm: Axis.Form { hasLogarithmicForm && isLogarithmic ? .logarithmic : .linear }

    /// Whether a value has a place on a logarithmic axis.
    var hasLogarithmicForm: Bool { series.contains { $0.points.contains { $0.y > 0 } } }

    // Layout

    static let (width, height) = (720.0, 330.0)

    /// The edges of the field of curves.
    static let (left, right, top, bottom) = (64.0, 708.0, 12.0, 282.0)

    /// What is drawn, at places in units of which a chart is `width` wide, from its upper left corner.
    enum Mark {
        /// `y` is that of the line on which the text stands.
        case text(String, x: Double, y: Double, Anchor)
        /// A faint line from the left to the right end of the field.
        case grid(y: Double)
        /// The curve of a series, by its number; of a single point, a dot.
        case curve([Point], series: Int, Stroke)
        /// A square in the color of a series.
        case swatch(x: Double, y: Double, series: Int)
    }

    /// Which point of a text its place is.
    enum Anchor: String { case start, middle, end }

    /// A noisy series has a faint raw curve below a smooth one.
    enum Stroke { case plain, raw, smooth }

    /// The side of a swatch.
    static let swatch = 12.0

    /// The numbers below the chart and the name of what they count, which both forms share.
    var columns: [Mark] {
        guard let x = xAxis else { return [] }
        let ticks = x.ticks.map { Mark.text($0.text, x: at(x, $0.value), y: Self.bottom + 18, .middle) }
        return ticks + [.text(xName, x: Self.right, y: Self.height - 6, .end)]
    }

    /// The lines and curves of one form; none if it has no place for any value.
    func field(_ form: Axis.Form) -> [Mark] {
        guard let x = xAxis, let y = Axis(series.flatMap { $0.points.map(\.y) }, form) else { return [] }
        let grid = y.ticks.flatMap { tick -> [Mark] in
            [
                .grid(y: up(y, tick.value)),
                .text(tick.text, x: Self.left - 6, y: up(y, tick.value) + 4, .end),
            ]
        }
        return grid
            + series.enumerated().flatMap { number, series -> [Mark] in
                let points = series.points.filter { form == .linear || $0.y > 0 }
                func curve(_ points: [Point], _ stroke: Stroke) -> Mark {
                    .curve(points.map { Point(at(x, $0.x), up(y, $0.y)) }, series: number, stroke)
                }
                guard series.isNoisy else { return [curve(points, .plain)] }
                return [curve(points.thinned(), .raw), curve(points.smoothed().thinned(), .smooth)]
            }
    }

    /// The names of the series below a chart that is a file of its own, in as many lines as they need.
    var legend: (marks: [Mark], height: Double) {
        var x = Self.left, line = 0.0, marks: [Mark] = []
        for (number, series) in series.enumerated() {
            let width = 34 + 7 * Double(series.name.count)
            if x > Self.left, x + width > Self.right { (x, line) = (Self.left, line + 1) }
            let y = Self.height + 6 + 20 * line
            marks.append(.swatch(x: x, y: y, series: number))
            marks.append(.text(series.name, x: x + Self.swatch + 4, y: y + 11, .start))
            x += width
        }
        return (marks, 28 + 20 * line)
    }

    private var xAxis: Axis? { Axis(series.flatMap { $0.points.map(\.x) }, .linear) }

    private func at(_ axis: Axis, _ x: Double) -> Double { Self.left + axis.position(of: x) * (Self.right - Self.left) }

    private func up(_ axis: Axis, _ y: Double) -> Double {
        Self.bottom - axis.position(of: y) * (Self.bottom - Self.top)
    }
}

extension [Chart.Point] {
    /// An exponential moving average over a twentieth of the curve, without a bias at its beginning.
    package func smoothed() -> [Chart.Point] {
        let keep = 1 - 1 / Swift.max(1, Double(count) / 20)
        var sum = 0.0, weight = 0.0
        return map { point in
            sum = keep * sum + (1 - keep) * point.y
            weight = keep * weight + (1 - keep)
            return Chart.Point(point.x, sum / weight)
        }
    }

    /// As many points as a screen shows: of each of 400 parts of a longer curve the lowest and the highest one.
    package func thinned(to parts: Int = 400) -> [Chart.Point] {
        guard count > 2 * parts else { return self }
        return (0..<parts).flatMap { part -> [Chart.Point] in
            let places = part * count / parts..<(part + 1) * count / parts
            let low = places.min { self[$0].y < self[$1].y }!, high = places.max { self[$0].y < self[$1].y }!
            return low == high ? [self[low]] : [self[Swift.min(low, high)], self[Swift.max(low, high)]]
        }
    }
}
