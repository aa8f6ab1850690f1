// The scores of one predictor, lead time by lead time. The choice: everything is kept as sums, from which scores of any
// lead times together follow, so that "over all" is a ratio of sums too.

/// What is to be scored, in the unit of the data.
package struct ScoreRequest: Equatable, Sendable {
    package var rules: ScoreRules

    /// The thresholds of events, ascending.
    package var thresholds: [Double]

    /// The scales of FSS, and the sizes of pooled CSI's blocks, in pixels.
    package var scales, pools: [Int]

    /// The weights of balanced errors; nil for none.
    package var weights: LossWeights?

    package init(
        rules: ScoreRules = ScoreRules(), thresholds: [Double], scales: [Int] = [], pools: [Int] = [],
        weights: LossWeights? = nil
    ) {
        (self.rules, self.thresholds, self.scales, self.pools) = (rules, thresholds, scales, pools)
        self.weights = weights
    }
}

/// The scores of a predictor at one lead time, or at several together.
package struct LeadScores: Sendable {
    /// The contingency table of each threshold.
    package fileprivate(set) var tables: [ContingencyTable]

    /// The contingency tables of each pool and threshold.
    package fileprivate(set) var pooled: [[ContingencyTable]]

    /// FSS of each scale and threshold.
    package fileprivate(set) var fractions: [[FractionsSkill]]

    package fileprivate(set) var errors = ContinuousErrors()

    /// The number of pixels of all frames, missing or not.
    package fileprivate(set) var pixels = 0

    fileprivate init(_ request: ScoreRequest) {
        tables = request.thresholds.map { _ in ContingencyTable() }
        pooled = request.pools.map { _ in request.thresholds.map { _ in ContingencyTable() } }
        fractions = request.scales.map { _ in request.thresholds.map { _ in FractionsSkill() } }
    }

    /// The share of pixels that counted: neither forecast nor truth was missing.
    package var counted: Double? { pixels == 0 ? nil : Double(errors.pixels) / Double(pixels) }
}

extension LeadScores: Summable {
    package var sums: [Double] { tables.sums + pooled.sums + fractions.sums + errors.sums + [Double(pixels)] }

    package mutating func take(_ sums: inout ArraySlice<Double>) {
        tables.take(&sums)
        pooled.take(&sums)
        fractions.take(&sums)
        errors.take(&sums)
        pixels = Int(sums.removeFirst())
    }
}

/// Accumulates the scores of forecasts of T frames of shape (H, W, C).
package struct ForecastScores: Sendable {
    package let request: ScoreRequest
    private let height, width, channels: Int

    /// The scores of each lead time, that of the first forecast frame first.
    package private(set) var leads: [LeadScores]

    package init(_ request: ScoreRequest, frames: Int, height: Int, width: Int, channels: Int) {
        self.request = request
        (self.height, self.width, self.channels) = (height, width, channels)
        leads = (0..<frames).map { _ in LeadScores(request) }
    }

    /// The scores of all lead times together.
    package var all: LeadScores {
        leads.reduce(into: LeadScores(request)) { $0 += $1 }
    }

    /// Adds one sequence; both spans have shape (T, H, W, C), in the unit, NaN where a pixel is missing.
    package mutating func add(forecast: Span<Float>, truth: Span<Float>) {
        let pixels = height * width * channels
        precondition(forecast.count == leads.count * pixels, "a sequence is T x H x W x C pixels")
        precondition(truth.count == forecast.count, "a forecast has one truth")
        for lead in leads.indices {
            let frame = lead * pixels..<(lead + 1) * pixels
            add(forecast.extracting(frame), truth.extracting(frame), to: &leads[lead])
        }
    }

    private func add(_ forecast: Span<Float>, _ truth: Span<Float>, to scores: inout LeadScores) {
        scores.pixels += forecast.count
        scores.errors.add(forecast, truth, weights: request.weights)
        count(forecast, truth, in: &scores.tables)
        for (place, size) in request.pools.enumerated() {
            let pooled = MaximumPooling.pooled(
                forecast, truth, height: height, width: width, channels: channels, size: size)
            count(pooled.one.span, pooled.other.span, in: &scores.pooled[place])
        }
        if !request.scales.isEmpty { addFractions(forecast, truth, to: &scores) }
    }

    private func count(_ forecast: Span<Float>, _ truth: Span<Float>, in tables: inout [ContingencyTable]) {
        for (place, threshold) in request.thresholds.enumerated() {
            tables[place].count(forecast, truth, threshold: Float(threshold), event: request.rules.event)
        }
    }

    private func addFractions(_ forecast: Span<Float>, _ truth: Span<Float>, to scores: inout LeadScores) {
        for channel in 0..<channels {
            var x = [Float](repeating: 0, count: height * width), y = x
            for pixel in x.indices {
                (x[pixel], y[pixel]) = (forecast[pixel * channels + channel], truth[pixel * channels + channel])
            }
            let centers = request.rules.fractionsCountMissing ? nil : zip(x, y).map { !$0.isNaN && !$1.isNaN }
            for (place, threshold) in request.thresholds.enumerated() {
                let least = Float(threshold)
                func events(of field: [Float]) -> EventCounts {
                    EventCounts(height: height, width: width) { field[$0] >= least && centers?[$0] ?? true }
                }
                let (forecasts, observations) = (events(of: x), events(of: y))
                for (row, scale) in request.scales.enumerated() {
                    scores.fractions[row][place].add(forecasts, observations, scale: scale, centers: centers)
                }
            }
        }
    }
}

extension ForecastScores: Summable {
    package var sums: [Double] { leads.sums }

    package mutating func take(_ sums: inout ArraySlice<Double>) { leads.take(&sums) }
}
