// The scores of one predictor for programs. The choice: a row for each score's question (threshold, scale, pool, lead
// time), with null for a lead that stands for all of them and for a score that is 0/0.

import Model

/// The lists `scores`, `fss`, `pooled`, `continuous` and `means` of a predictor; as JSON in snake case.
struct ScoreLists: Encodable {
    let scores: [TableRow]
    let fss: [FractionRow]
    let pooled: [PooledRow]
    let continuous: [ErrorRow]

    /// The means over lead times, where the convention has them.
    let means: [MeanRow]?

    init(_ found: ForecastScores) {
        let request = found.request, leads = found.numberedLeads
        let thresholds = Array(request.thresholds.enumerated())
        scores = thresholds.flatMap { place, threshold in
            leads.map { TableRow(threshold: threshold, lead: $0.number, table: $0.scores.tables[place]) }
        }
        fss = request.scales.enumerated().flatMap { row, scale in
            thresholds.flatMap { place, threshold in
                leads.map {
                    FractionRow(
                        threshold: threshold, scale: scale, lead: $0.number, fss: $0.scores.fractions[row][place].value)
                }
            }
        }
        pooled = request.pools.enumerated().flatMap { row, pool in
            thresholds.flatMap { place, threshold in
                leads.map {
                    PooledRow(
                        pool: pool,
                        row: TableRow(threshold: threshold, lead: $0.number, table: $0.scores.pooled[row][place]))
                }
            }
        }
        continuous = leads.map { ErrorRow(lead: $0.number, scores: $0.scores, of: request) }
        means = found.means.map { $0.map(MeanRow.init) }
    }

    /// A contingency table and its scores.
    struct TableRow: Encodable {
        let threshold: Double
        let lead: Int?
        let table: ContingencyTable

        enum CodingKeys: CodingKey {
            case threshold, lead, hits, misses, falseAlarms, correctNegatives, pod, far, csi, hss, bias, ets
        }

        func encode(to encoder: any Encoder) throws {
            var values = encoder.container(keyedBy: CodingKeys.self)
            try values.encode(threshold, forKey: .threshold)
            try values.encode(lead, forKey: .lead)
            try values.encode(table.hits, forKey: .hits)
            try values.encode(table.misses, forKey: .misses)
            try values.encode(table.falseAlarms, forKey: .falseAlarms)
            try values.encode(table.correctNegatives, forKey: .correctNegatives)
            for score in CategoricalScore.usual {
                try values.encode(table.value(of: score), forKey: CodingKeys(stringValue: score.rawValue)!)
            }
        }
    }

    struct PooledRow: Encodable {
        let pool: Int
        let row: TableRow

        enum CodingKeys: CodingKey { case pool }

        func encode(to encoder: any Encoder) throws {
            var values = encoder.container(keyedBy: CodingKeys.self)
            try values.encode(pool, forKey: .pool)
            try row.encode(to: encoder)
        }
    }

    struct FractionRow: Encodable {
        let threshold: Double
        let scale: Int
        let lead: Int?
        let fss: Double?

        enum CodingKeys: CodingKey { case threshold, scale, lead, fss }

        func encode(to encoder: any Encoder) throws {
            var values = encoder.container(keyedBy: CodingKeys.self)
            try values.encode(threshold, forKey: .threshold)
            try values.encode(scale, forKey: .scale)
            try values.encode(lead, forKey: .lead)
            try values.encode(fss, forKey: .fss)
        }
    }

    /// Errors in the unit of the data, and the pixels over which they are.
    struct ErrorRow: Encodable {
        let lead: Int?
        let pixels: Int
        let counted: Double?

        /// The errors by their names, in their order in tables.
        let errors: [(name: String, value: Double?)]

        init(lead: Int?, scores: LeadScores, of request: ScoreRequest) {
            let errors = scores.errors, ofFrames = request.rules.sumsErrorsOverFrames,
                hasWeights = request.weights != nil
            (self.lead, pixels, counted) = (lead, errors.pixels, scores.counted)
            self.errors = [
                ("me", errors.meanError), ("mae", errors.meanAbsoluteError(ofFrames: ofFrames)),
                ("mse", errors.meanSquaredError(ofFrames: ofFrames)), ("rmse", errors.rootMeanSquaredError),
                ("b_mae", hasWeights ? errors.balancedAbsoluteError(ofFrames: ofFrames) : nil),
                ("b_mse", hasWeights ? errors.balancedSquaredError(ofFrames: ofFrames) : nil),
            ]
        }

        func encode(to encoder: any Encoder) throws {
            var values = encoder.container(keyedBy: Key.self)
            try values.encode(lead, forKey: Key("lead"))
            try values.encode(pixels, forKey: Key("pixels"))
            try values.encode(counted, forKey: Key("counted"))
            for error in errors { try values.encode(error.value, forKey: Key(error.name)) }
        }
    }

    /// Scores averaged over lead times; with a null threshold also over thresholds.
    struct MeanRow: Encodable {
        let mean: ForecastScores.Mean

        func encode(to encoder: any Encoder) throws {
            var values = encoder.container(keyedBy: Key.self)
            try values.encode(mean.threshold, forKey: Key("threshold"))
            try values.encode(mean.column.scale, forKey: Key("scale"))
            try values.encode(mean.column.pool, forKey: Key("pool"))
            try values.encode(mean.column.score, forKey: Key("score"))
            try values.encode(mean.value, forKey: Key("value"))
        }
    }

    /// A key by its name in JSON.
    struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(_ name: String) { stringValue = name }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
}
