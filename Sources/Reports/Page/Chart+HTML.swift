// A chart in a page, and as a file of SVG. The choice: the linear and the logarithmic form are both in the picture, and style sheets
// choose between them, so that a chart needs no script and stays a chart where it is saved or printed.

import Foundation

extension Chart {
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
        return """
            <figure class="chart"><figcaption>\(title)</figcaption>\(log)\(smooth)\(drawing)\(legendOfPage)</figure>

            """
    }

    /// The chart alone, a file of its own.
    package func svg() -> HTML {
        let hidden = firstForm == .logarithmic ? Axis.Form.linear : .logarithmic, legend = legend
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Int(Self.width)) \(Int(Self.height + legend.height))" font-family="sans-serif">
            <style>\(Self.style) .\(hidden.rawValue) {display: none} svg {background: #fff; color: #222}</style>
            \(bothForms)\(svg(legend.marks))</svg>

            """
    }

    private var drawing: HTML {
        "<svg viewBox=\"0 0 \(Int(Self.width)) \(Int(Self.height))\" role=\"img\" aria-label=\"\(title)\">\(bothForms)</svg>"
    }

    /// The names of the series, which a page wraps.
    private var legendOfPage: HTML {
        let names = series.enumerated().map { number, series -> HTML in
            "<span><i class=\"\(Self.name("fill", of: number))\"></i>\(series.name)</span>"
        }
        return "<p class=\"legend\">\(names)</p>"
    }

    private var bothForms: HTML {
        let forms = [Axis.Form.linear, .logarithmic].map { form -> HTML in
            "<g class=\"\(form.rawValue)\">\n\(svg(field(form)))</g>\n"
        }
        return "\(svg(columns))\(forms)"
    }

    private func svg(_ marks: [Mark]) -> HTML { "\(marks.map { svg($0) })" }

    private func svg(_ mark: Mark) -> HTML {
        switch mark {
        case .text(let text, let x, let y, let anchor):
            "<text x=\"\(number(x))\" y=\"\(number(y))\" text-anchor=\"\(anchor.rawValue)\">\(text)</text>\n"
        case .grid(let y):
            "<path class=\"grid\" d=\"M\(number(Self.left)) \(number(y))H\(number(Self.right))\"/>\n"
        case .curve(let points, let series, let stroke): svg(points, Self.name("line", of: series), stroke)
        case .swatch(let x, let y, let series):
            "<rect class=\"\(Self.name("fill", of: series))\" x=\"\(number(x))\" y=\"\(number(y))\" width=\"\(number(Self.swatch))\" height=\"\(number(Self.swatch))\"/>\n"
        }
    }

    private func svg(_ points: [Point], _ line: String, _ stroke: Stroke) -> HTML {
        guard let first = points.first else { return "" }
        let classes = stroke == .plain ? line : "\(stroke) \(line)"
        guard points.count > 1 else {
            return "<circle class=\"\(classes)\" cx=\"\(number(first.x))\" cy=\"\(number(first.y))\" r=\"3\"/>\n"
        }
        let places = points.map { "\(number($0.x)) \(number($0.y))" }
        return "<path class=\"\(classes)\" d=\"M\(places.joined(separator: "L"))\"/>\n"
    }

    private func number(_ value: Double) -> String {
        let text = String(format: "%.1f", value)
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    // Looks

    /// The class of a series' curve or square.
    private static func name(_ kind: String, of series: Int) -> String { "\(kind)\(series % Color.series.count)" }

    /// The looks of a chart's marks, for the page and for a file of its own.
    static var style: HTML {
        let colors = Color.series.enumerated().map { number, color -> HTML in
            " svg .line\(number) {stroke: \(color.hexadecimal)} .fill\(number) {fill: \(color.hexadecimal); background: \(color.hexadecimal)}"
        }
        return """
            svg text {font-size: 12px; fill: currentColor} svg path {fill: none; stroke-width: 1.8; stroke-linejoin: round}
            svg .grid {stroke: currentColor; stroke-width: .5; opacity: .25} svg .raw {opacity: .35; stroke-width: 1}
            \(colors)
            """
    }
}

extension Color {
    /// The color as style sheets have it.
    var hexadecimal: String { String(format: "#%02x%02x%02x", red, green, blue) }
}
