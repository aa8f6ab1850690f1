// An evaluation as one object of JSON. The choice: the network's scores stand at the top, those of persistence and of others
// in objects of their own with the same lists.

import Model

/// The errors and scores of an evaluation; as JSON in snake case.
struct EvaluationOutput: Encodable {
    let errors: EvaluationReport
    let scores: ScoreReport?

    private enum CodingKeys: CodingKey { case unit, timeStep, event, persistence, forecasts }

    /// The forecasts of another tool.
    private struct Other: Encodable {
        let name: String
        let errors: EvaluationReport.Scores
        let scores: ForecastScores?

        enum CodingKeys: CodingKey { case name }

        func encode(to encoder: any Encoder) throws {
            var values = encoder.container(keyedBy: CodingKeys.self)
            try values.encode(name, forKey: .name)
            try errors.encode(to: encoder)
            try scores.map(ScoreLists.init)?.encode(to: encoder)
        }
    }

    func encode(to encoder: any Encoder) throws {
        try errors.encode(to: encoder)
        var values = encoder.container(keyedBy: CodingKeys.self)
        if let scores {
            try values.encode(scores.unit, forKey: .unit)
            try values.encode(scores.timeStep, forKey: .timeStep)
            try values.encode(scores.predictors[0].scores.request.rules.event, forKey: .event)
            try scores["network"].map(ScoreLists.init)?.encode(to: encoder)
            try values.encode(scores["last"].map(ScoreLists.init), forKey: .persistence)
        }
        guard !errors.others.isEmpty else { return }
        let others = errors.others.map { Other(name: $0.name, errors: $0.errors, scores: scores?[$0.name]) }
        try values.encode(others, forKey: .forecasts)
    }
}
