import Formats
import Foundation
import Reports
import Testing

@Suite struct ChartTests {
    private func axis(_ values: [Double], _ form: Axis.Form = .linear) throws -> Axis {
        try #require(Axis(values, form))
    }

    @Test func ticksAreRoundAndWithinTheAxis() throws {
        #expect(try axis([0, 10]).ticks.map(\.text) == ["0", "2", "4", "6", "8", "10"])
        #expect(try axis([0.013, 0.018]).ticks.map(\.text) == ["0.013", "0.014", "0.015", "0.016", "0.017", "0.018"])
        #expect(try axis([-1, 1]).ticks.map(\.text) == ["-1", "-0.5", "0", "0.5", "1"])
        #expect(
            try axis([0.004, 0.6], .logarithmic).ticks.map(\.text) == [
                "0.005", "0.01", "0.02", "0.05", "0.1", "0.2", "0.5",
            ])
        #expect(try axis([1e-9, 1e9], .logarithmic).ticks.allSatisfy { log10($0.value).rounded() == log10($0.value) })
        #expect(try axis([1, 1.5], .logarithmic).ticks.map(\.text) == ["1", "1.1", "1.2", "1.3", "1.4", "1.5"])
    }

    private static let strangeValues: [[Double]] = [
        [0], [3, 3], [-1e308, 1e308], [1e-320, 1], [0, 1e-300], [.nan, 2], [.infinity, -.infinity],
    ]

    @Test(arguments: strangeValues)
    func anyValuesHaveAnAxisOrNone(values: [Double]) {
        for form in [Axis.Form.linear, .logarithmic] {
            guard let axis = Axis(values, form) else { continue }
            #expect(axis.ticks.count < 100)
            #expect(axis.ticks.allSatisfy { $0.value.isFinite })
        }
    }

    @Test func aLogarithmicAxisHasNoPlaceForZero() throws {
        #expect(Axis([0, -1], .logarithmic) == nil)
        let axis = try axis([0, 1, 100], .logarithmic)
        #expect(abs(axis.position(of: 10) - 0.5) < 1e-12)
    }

    /// A smoothed constant is that constant from its first point on, and noise averages out.
    @Test func smoothingHasNoBias() {
        let constant = (0..<50).map { Chart.Point(Double($0), 3) }.smoothed()
        #expect(constant.allSatisfy { abs($0.y - 3) < 1e-12 })
        let noise = (0..<1000).map { Chart.Point(Double($0), $0.isMultiple(of: 2) ? 0 : 2) }.smoothed()
        #expect(noise.suffix(500).allSatisfy { abs($0.y - 1) < 0.03 })
    }

    /// Of a long curve its extremes stay, however short they are.
    @Test func thinningKeepsPeaks() {
        var points = (0..<100_000).map { Chart.Point(Double($0), 1) }
        (points[31_234].y, points[77_777].y) = (9, -9)
        let thin = points.thinned()
        #expect(thin.count <= 800 && thin.contains(points[31_234]) && thin.contains(points[77_777]))
        #expect(zip(thin, thin.dropFirst()).allSatisfy { $0.x < $1.x })
    }

    @Test func namesCannotBecomeMarkup() {
        let name = "</svg><script>alert('\u{1}&\"')</script>"
        let html = Chart(name, over: name, [Chart.Series(name, [Chart.Point(1, 2)])]).html(id: "a").markup
        #expect(!html.contains("<script"))
        #expect(html.contains("&lt;/svg&gt;&lt;script&gt;alert(&#39;\u{FFFD}&amp;&quot;&#39;)&lt;/script&gt;"))
    }

    @Test func valuesThatAreNoNumbersAreLeftOut() {
        let chart = Chart("loss", over: "step", [Chart.Series("a", [Chart.Point(1, .nan), Chart.Point(2, .infinity)])])
        #expect(chart.isEmpty)
        let both = Chart(
            "loss", over: "step", [Chart.Series("a", [Chart.Point(1, .nan), Chart.Point(2, 5), Chart.Point(3, 6)])])
        #expect(!both.svg().markup.contains("nan") && !both.isEmpty)
    }

    /// The same lines as in SVG: the curve's color is where the curve is, and nowhere above or below it.
    @Test func aPictureShowsTheCurve() throws {
        let points = (0...10).map { Chart.Point(Double($0), $0 < 5 ? 0 : 10) }
        let picture = Chart("loss", over: "step", [Chart.Series("a", points)]).picture()
        let blue: [UInt8] = [0x2f, 0x80, 0xe0]
        let rows = (0..<picture.width).map { column in
            (0..<560).filter { row in
                let pixel = 3 * (row * picture.width + column)
                return Array(picture.pixels[pixel..<pixel + 3]) == blue
            }
        }
        let field = 2 * 64..<2 * 708, middle = (field.lowerBound + field.upperBound) / 2
        #expect(rows[..<field.lowerBound].allSatisfy { $0.isEmpty })
        // Zero is near the lower edge of the field, ten near the upper one, and the line from one to the other is steep.
        #expect(rows[field.lowerBound + 200].allSatisfy { $0 > 500 } && !rows[field.lowerBound + 200].isEmpty)
        #expect(rows[field.upperBound - 200].allSatisfy { $0 < 80 } && !rows[field.upperBound - 200].isEmpty)
        let steep = rows[middle - 60], length = try #require(steep.last) - #require(steep.first)
        #expect(length > 6)
    }

    /// Neither a name that is longer than the picture nor a hundred of them traps; they make the picture higher.
    @Test func anyNumberOfNamesHasRoom() {
        func chart(_ names: [String]) -> Chart {
            Chart("loss", over: "step", names.map { Chart.Series($0, [Chart.Point(1, 2)]) })
        }
        let few = chart(["a", "b"]).picture(), many = chart((0..<100).map { "run \($0)" }).picture()
        #expect(few.width == many.width && many.height > few.height)
        #expect(chart([String(repeating: "runs/é", count: 200)]).picture().width == few.width)
        #expect(Chart("loss", over: "step", []).picture().width == few.width)
    }
}
