// What tables show of scores. The choice: a column is a score with its scale or pool, so that tables, CSV and means over lead
// times list the same things in the same order.

import Model

extension ForecastScores {
    /// A score of events, at one scale or over blocks of one size.
    struct Column {
        /// The name in files, such as "csi".
        let score: String
        var scale: Int?
        var pool: Int?

        /// The value at a lead time, for a threshold by its place.
        let value: (LeadScores, Int) -> Double?

        /// The name above a column: "CSI", "FSS 5", or "CSI 4" for blocks of four pixels.
        var title: String {
            let name = score == "bias" ? score : score.uppercased()
            return ([name] + [scale, pool].compactMap { $0 }.map { "\($0)" }).joined(separator: " ")
        }
    }

    /// The columns of a table: the usual scores, FSS, and CSI of pooled blocks.
    var columns: [Column] {
        let tables = CategoricalScore.usual.map { score in
            Column(score: score.rawValue) { $0.tables[$1].value(of: score) }
        }
        let fractions = request.scales.enumerated().map { row, scale in
            Column(score: "fss", scale: scale) { $0.fractions[row][$1].value }
        }
        let pooled = request.pools.enumerated().map { row, pool in
            Column(score: "csi", pool: pool) { $0.pooled[row][$1].value(of: .csi) }
        }
        return tables + fractions + pooled
    }

    /// Each lead time with its number, from 1 on, and all together without one.
    var numberedLeads: [(number: Int?, scores: LeadScores)] {
        leads.enumerated().map { (number: $0 + 1, scores: $1) } + [(number: nil, scores: all)]
    }

    /// A column averaged over lead times; without a threshold also over thresholds.
    struct Mean {
        let threshold: Double?
        let column: Column
        let value: Double?
    }

    /// The means that the convention has; nil if it has none. A mean of anything that is 0/0 is none.
    var means: [Mean]? {
        guard request.rules.averagesLeadTimes else { return nil }
        return columns.flatMap { column in
            let overLeads = request.thresholds.indices.map { place in mean(leads.map { column.value($0, place) }) }
            let each = zip(request.thresholds, overLeads).map { Mean(threshold: $0, column: column, value: $1) }
            return each
                + (request.rules.averagesThresholds
                    ? [Mean(threshold: nil, column: column, value: mean(overLeads))] : [])
        }
    }

    private func mean(_ values: [Double?]) -> Double? {
        let known = values.compactMap { $0 }
        return known.count < values.count ? nil : known.reduce(0, +) / Double(known.count)
    }
}
