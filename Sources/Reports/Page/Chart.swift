// Curves over steps or frames as SVG. The choice: the linear and the logarithmic form are both in the picture, and style sheets
// choose between them, so that a chart needs no script and stays a chart where it is saved or printed.

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
    private let series: [Series]

    /// Whether the logarithmic form is the one that is seen first.
    private let isLogarithmic: Bool

    package init(_ title: String, over xName: String, _ series: [Series], isLogarithmic: Bool = false) {
        (self.title, self.xName, self.isLogarithmic) = (title, xName, isLogarithmic)
        self.series = series.filter { !$0.points.isEmpty }
    }

    /// Whether there is nothing to draw.
    package var isEmpty: Bool { series.isEmpty }

    private static let (width, height) = (720.0, 320.0)
    private static let (left, right, top, bottom) = (64.0, 708.0, 12.0, 282.0)

    /// The number of colors, after which they begin again.
    private static let colors = 6

    /// The chart with its controls, for a page.
    ///
    /// - Parameter id: a word that no other chart of the page has.
    package func html(id: String) -> HTML {
        let log: HTML =
            hasLogarithmicForm
            ? "<input type=\"checkbox\" class=\"to-log\" id=\"\(id)-log\"\(isLogarithmic ? " checked" as HTML : "")><label for=\"\(id)-log\">log scale</label>"
            : ""
        let smooth: HTML =
            series.contains(where: \.isNoisy)
            ? "<input type=\"checkbox\" class=\"to-smooth\" id=\"\(id)-smooth\" checked><label for=\"\(id)-smooth\">smoothed</label>"
            : ""
        return "<figure class=\"chart\"><figcaption>\(title)</figcaption>\(log)\(smooth)\(drawing)\(legend)</figure>\n"
    }

    /// The chart alone, a file of its own.
    package func svg() -> HTML {
        let style = Self.style, form = hasLogarithmicForm && isLogarithmic ? "linear" : "log"
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Int(Self.width)) \(Int(Self.height) + 28)" font-family="sans-serif">
            <style>\(style) .\(form) {display: none} svg {background: #fff; color: #222}</style>
            \(marks)\(svgLegend)</svg>

            """
    }

    private var hasLogarithmicForm: Bool { series.contains { $0.points.contains { $0.y > 0 } } }

    private var drawing: HTML {
        "<svg viewBox=\"0 0 \(Int(Self.width)) \(Int(Self.height))\" role=\"img\" aria-label=\"\(title)\">\(marks)</svg>"
    }

    private var legend: HTML {
        let names = series.enumerated().map { place, series -> HTML in
            "<span><i class=\"fill\(place % Self.colors)\"></i>\(series.name)</span>"
        }
        return "<p class=\"legend\">\(names)</p>"
    }

    private var svgLegend: HTML {
        var x = Self.left
        let names = series.enumerated().map { place, series -> HTML in
            defer { x += 34 + 7 * Double(series.name.count) }
            return """
                <rect class="fill\(place % Self.colors)" x="\(number(x))" y="326" width="12" height="12"/><text x="\(number(x + 16))" y="337">\(series.name)</text>

                """
        }
        return "\(names)"
    }

    /// Axes and curves, in both forms.
    private var marks: HTML {
        guard let x = Axis(series.flatMap { $0.points.map(\.x) }, .linear) else { return "" }
        let name: HTML =
            "<text class=\"axis\" x=\"\(number(Self.right))\" y=\"\(number(Self.height - 6))\" text-anchor=\"end\">\(xName)</text>\n"
        let forms = [Axis.Form.linear, .logarithmic].map { form -> HTML in
            guard let y = Axis(series.flatMap { $0.points.map(\.y) }, form) else { return "" }
            return "<g class=\"\(form.rawValue)\">\n\(grid(y))\(curves(x, y))</g>\n"
        }
        return "\(columns(x))\(name)\(forms)"
    }

    private func columns(_ x: Axis) -> HTML {
        let ticks = x.ticks.map { tick -> HTML in
            let place = number(at(x, tick.value))
            return
                "<text x=\"\(place)\" y=\"\(number(Self.bottom + 18))\" text-anchor=\"middle\">\(tick.text)</text>\n"
        }
        return "\(ticks)"
    }

    private func grid(_ y: Axis) -> HTML {
        let ticks = y.ticks.map { tick -> HTML in
            let place = number(up(y, tick.value)), text = number(up(y, tick.value) + 4)
            return """
                <path class="grid" d="M\(number(Self.left)) \(place)H\(number(Self.right))"/><text x="\(number(Self.left - 6))" y="\(text)" text-anchor="end">\(tick.text)</text>

                """
        }
        return "\(ticks)"
    }

    private func curves(_ x: Axis, _ y: Axis) -> HTML {
        let curves = series.enumerated().map { place, series -> HTML in
            let points = series.points.filter { y.form == .linear || $0.y > 0 }
            guard series.isNoisy else { return curve(points, x, y, "line\(place % Self.colors)") }
            return """
                \(curve(points.thinned(), x, y, "raw line\(place % Self.colors)"))\(curve(points.smoothed().thinned(), x, y, "smooth line\(place % Self.colors)"))
                """
        }
        return "\(curves)"
    }

    private func curve(_ points: [Point], _ x: Axis, _ y: Axis, _ name: String) -> HTML {
        guard let first = points.first else { return "" }
        guard points.count > 1 else {
            return
                "<circle class=\"\(name)\" cx=\"\(number(at(x, first.x)))\" cy=\"\(number(up(y, first.y)))\" r=\"3\"/>\n"
        }
        let places = points.map { "\(number(at(x, $0.x))) \(number(up(y, $0.y)))" }
        return "<path class=\"\(name)\" d=\"M\(places.joined(separator: "L"))\"/>\n"
    }

    private func at(_ axis: Axis, _ x: Double) -> Double { Self.left + axis.position(of: x) * (Self.right - Self.left) }

    private func up(_ axis: Axis, _ y: Double) -> Double {
        Self.bottom - axis.position(of: y) * (Self.bottom - Self.top)
    }

    private func number(_ value: Double) -> String {
        let text = String(format: "%.1f", value)
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    /// The looks of a chart's marks, for the page and for a file of its own.
    static let style: HTML = """
        svg text {font-size: 12px; fill: currentColor} svg path {fill: none; stroke-width: 1.8; stroke-linejoin: round}
        svg .grid {stroke: currentColor; stroke-width: .5; opacity: .25} svg .raw {opacity: .35; stroke-width: 1}
        svg .line0 {stroke: #2f80e0} svg .line1 {stroke: #e0731d} svg .line2 {stroke: #2f9a5b} svg .line3 {stroke: #b33a8c} svg .line4 {stroke: #8a7a1c} svg .line5 {stroke: #6a5acd}
        .fill0 {fill: #2f80e0; background: #2f80e0} .fill1 {fill: #e0731d; background: #e0731d} .fill2 {fill: #2f9a5b; background: #2f9a5b}
        .fill3 {fill: #b33a8c; background: #b33a8c} .fill4 {fill: #8a7a1c; background: #8a7a1c} .fill5 {fill: #6a5acd; background: #6a5acd}
        """
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
