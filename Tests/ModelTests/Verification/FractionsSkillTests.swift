import Model
import Testing

@Suite struct FractionsSkillTests {
    private static let scales = [1, 2, 3, 4, 5]

    private func scores(_ fields: ReferenceFields, _ convention: MetricConvention = .standard) -> [Double] {
        let request = ScoreRequest(rules: convention.scores, thresholds: [5], scales: Self.scales)
        return fields.scores(request).fractions.map { $0[0].value ?? .nan }
    }

    /// The values of pysteps, over whole windows, even ones, and such that reach over the border.
    @Test func scoresAreThoseOfRobertsAndLean() {
        let found = scores(ReferenceFields())
        for (value, expected) in zip(found, [0.535211, 0.921960, 0.981910, 0.991783, 0.996837]) {
            #expect(isRounded(value, expected), "\(found)")
        }
    }

    /// pysteps takes a missing pixel for one without an event.
    @Test func aMissingPixelMayBeADryOne() {
        let found = scores(ReferenceFields(hasHole: true), .pysteps)
        for (value, expected) in zip(found, [0.514286, 0.916512, 0.981537, 0.990627, 0.996246]) {
            #expect(isRounded(value, expected), "\(found)")
        }
    }

    /// A field's windows summed one by one: no event outside the frame and at missing pixels, no window around them.
    @Test func aMissingPixelIsAsOneOutsideTheFrame() {
        var fields = ReferenceFields(hasHole: true)
        for hole in [20, 21, 22, 35, 63] { fields.forecast[hole] = .nan }
        let present = fields.truth.indices.map { !fields.truth[$0].isNaN && !fields.forecast[$0].isNaN }
        func count(_ field: [Float], _ y: Int, _ x: Int, _ scale: Int) -> Double {
            var events = 0.0
            for i in y - scale / 2..<y - scale / 2 + scale {
                for j in x - scale / 2..<x - scale / 2 + scale where (0..<8).contains(i) && (0..<8).contains(j) {
                    if present[8 * i + j] && field[8 * i + j] >= 5 { events += 1 }
                }
            }
            return events
        }
        for (scale, found) in zip(Self.scales, scores(fields)) {
            var differences = 0.0, squares = 0.0
            for y in 0..<8 {
                for x in 0..<8 where present[8 * y + x] {
                    let f = count(fields.forecast, y, x, scale), o = count(fields.truth, y, x, scale)
                    differences += (f - o) * (f - o)
                    squares += f * f + o * o
                }
            }
            #expect(abs(found - (1 - differences / squares)) < 1e-14, "scale \(scale)")
        }
        // At a scale of one pixel, it is F1 without the missing pixels.
        #expect(abs(scores(fields)[0] - fields.table(.atOrAbove).value(of: .f1)!) < 1e-15)
    }

    @Test func withoutEventsThereIsNoScore() {
        let request = ScoreRequest(thresholds: [5, 11], scales: [3])
        let found = ReferenceFields().scores(request).fractions[0]
        #expect(found[0].value != nil && found[1].value == nil)
    }

    /// Sums first, and one ratio at the end.
    @Test func framesAreSummedBeforeTheRatio() throws {
        let fields = ReferenceFields(), dry = [Float](repeating: 0, count: 64)
        var scores = ForecastScores(
            ScoreRequest(thresholds: [5], scales: [3]), frames: 2, height: 8, width: 8, channels: 1)
        scores.add(forecast: (fields.forecast + fields.forecast).span, truth: (fields.truth + dry).span)
        let first = scores.leads[0].fractions[0][0], second = scores.leads[1].fractions[0][0]
        #expect(isRounded(first.value, 0.981910) && second.value == 0)
        let all = try #require(scores.all.fractions[0][0].value)
        #expect(all < 0.981910 && all > 0.5)
    }
}
