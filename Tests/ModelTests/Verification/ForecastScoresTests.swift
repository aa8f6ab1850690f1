import Model
import Testing

@Suite struct ForecastScoresTests {
    private let request = ScoreRequest(thresholds: [2, 5, 8], scales: [1, 3], pools: [2], weights: .hko7)

    /// A sequence of two frames of 8 x 8 with some missing pixels.
    private func add(_ number: Int, to scores: inout ForecastScores) {
        func field(_ seed: Int) -> [Float] {
            (0..<128).map { ($0 * seed + number) % 13 == 0 ? .nan : Float(($0 * seed + 5 * number) % 103) / 9.7 }
        }
        scores.add(forecast: field(31).span, truth: field(17).span)
    }

    private func scores(_ numbers: some Sequence<Int>) -> ForecastScores {
        numbers.reduce(into: ForecastScores(request, frames: 2, height: 8, width: 8, channels: 1)) { add($1, to: &$0) }
    }

    @Test func orderAndPartsChangeNoBit() {
        let whole = scores(0..<20)
        #expect(scores((0..<20).reversed()).sums == whole.sums)
        for parts in [2, 3, 5] {
            var sum = scores(0..<0)
            for part in (0..<parts).reversed() { sum += scores(stride(from: part, to: 20, by: parts)) }
            #expect(sum.sums == whole.sums, "\(parts) parts")
            #expect(sum.all.errors == whole.all.errors && sum.all.tables == whole.all.tables)
        }
        // As ranks do it: sums of the numbers, of which scores are made again.
        var received = scores(0..<0), numbers = zip(scores(0..<7).sums, scores(7..<20).sums).map(+)[...]
        received.take(&numbers)
        #expect(numbers.isEmpty && received.sums == whole.sums)
        #expect(received.all.errors.meanError == whole.all.errors.meanError)
    }

    @Test func allIsTheSumOverLeads() {
        let scores = scores(0..<5), all = scores.all
        for place in request.thresholds.indices {
            let tables = scores.leads.map { $0.tables[place] }
            #expect(all.tables[place].hits == tables[0].hits + tables[1].hits && all.tables[place].hits > 0)
            #expect(all.tables[place].total == tables[0].total + tables[1].total)
            #expect(all.tables[place].total == all.errors.pixels)
        }
        #expect(all.pixels == 5 * 128 && all.errors.frames == 10)
        #expect(all.counted == Double(all.errors.pixels) / 640 && all.counted! < 1)
    }

    /// Fields apart, or as two channels of one, have the same scores.
    @Test func channelsAreFieldsOfTheirOwn() {
        let fields = ReferenceFields(hasHole: true)
        var both = ForecastScores(request, frames: 1, height: 8, width: 8, channels: 2)
        let flipped = Array(fields.forecast.reversed())
        let forecast = zip(fields.forecast, flipped).flatMap { [$0, $1] }, truth = fields.truth.flatMap { [$0, $0] }
        both.add(forecast: forecast.span, truth: truth.span)
        var apart = ForecastScores(request, frames: 1, height: 8, width: 8, channels: 1)
        apart.add(forecast: fields.forecast.span, truth: fields.truth.span)
        apart.add(forecast: flipped.span, truth: fields.truth.span)
        #expect(both.all.tables == apart.all.tables && both.all.pooled == apart.all.pooled)
        #expect(both.all.fractions == apart.all.fractions && both.all.pixels == apart.all.pixels)
    }

    /// pysteps' events are above the threshold; 5 and 8 are among the values.
    @Test func conventionsDifferInTheirEvents() {
        func hits(_ convention: MetricConvention) -> [Int] {
            let request = ScoreRequest(rules: convention.scores, thresholds: [5])
            return ReferenceFields().scores(request).tables.map(\.hits)
        }
        #expect(hits(.pysteps) == [13])
        for convention in MetricConvention.allCases where convention != .pysteps { #expect(hits(convention) == [19]) }
    }
}
