// The scores of all predictors for people, and as a table for spreadsheets. The choice: by threshold, then by lead time, with
// the predictors below one another, so that what is to be compared stands in one column.

import Forecasting
import Formats
import Foundation
import Model
import Reports

/// The scores of a network, of persistence and of others, over the same sequences.
struct ScoreReport {
    let predictors: [(name: String, scores: ForecastScores)]
    let unit: String?

    /// The seconds between frames, if they are known.
    let timeStep: Double?

    private var request: ScoreRequest { predictors[0].scores.request }

    /// Nil if nothing was scored.
    init?(_ evaluation: Evaluation, others: [String], unit: String?, timeStep: Double?) {
        var known: [(name: String, quality: Quality?)] = [
            ("network", evaluation.model), ("last", evaluation.lastFrame),
        ]
        for (name, quality) in zip(others, evaluation.others) { known.append((name, quality)) }
        predictors = known.compactMap { one in one.quality?.scores.map { (one.name, $0) } }
        guard !predictors.isEmpty else { return nil }
        (self.unit, self.timeStep) = (unit, timeStep)
    }

    /// The scores of a predictor by its name.
    subscript(name: String) -> ForecastScores? { predictors.first { $0.name == name }?.scores }

    var text: String {
        let events = request.thresholds.indices.map { "\(heading($0))\n\(table($0))\n" }.joined()
        let means = request.rules.averagesThresholds ? "Means over lead times and thresholds\n\(thresholdMeans)\n" : ""
        return "\(events)\(means)Errors\(unit.map { " in \($0)" } ?? "")\n\(errors)\n\(legend)\n"
    }

    private func heading(_ place: Int) -> String {
        "\(request.rules.event.rawValue.dropLast())\(plain(request.thresholds[place]))\(unit.map { " \($0)" } ?? "")"
    }

    private var hasTimes: Bool { timeStep != nil }

    private func newTable(_ titles: [String]) -> Table {
        Table(
            ["lead"] + (hasTimes ? ["time"] : []) + ["forecast"] + titles,
            alignments: [.right] + (hasTimes ? [.right] : []) + [.left] + titles.map { _ in .right })
    }

    /// The cells before a predictor's: its lead time if it is the first of the predictors.
    private func label(_ lead: Int?, _ name: String, as word: String = "all", isFirst: Bool) -> [String] {
        let time = timeStep.flatMap { step in lead.map { "\(plain(step * Double($0) / 60)) min" } } ?? ""
        return [isFirst ? lead.map { "\($0)" } ?? word : ""] + (hasTimes ? [isFirst ? time : ""] : []) + [name]
    }

    private func table(_ place: Int) -> Table {
        let columns = predictors.map(\.scores.columns), leads = predictors.map(\.scores.numberedLeads)
        var table = newTable(columns[0].map(\.title))
        for row in leads[0].indices {
            for (index, predictor) in predictors.enumerated() {
                let lead = leads[index][row]
                table.add(
                    label(lead.number, predictor.name, isFirst: index == 0)
                        + columns[index].map { cell($0.value(lead.scores, place)) })
            }
        }
        addMeans(to: &table) { $0 == request.thresholds[place] }
        return table
    }

    private var thresholdMeans: Table {
        var table = newTable(predictors[0].scores.columns.map(\.title))
        addMeans(to: &table) { $0 == nil }
        return table
    }

    private func addMeans(to table: inout Table, of threshold: (Double?) -> Bool) {
        for (index, predictor) in predictors.enumerated() {
            guard let means = predictor.scores.means else { continue }
            let cells = means.filter { threshold($0.threshold) }.map { cell($0.value) }
            table.add(label(nil, predictor.name, as: "mean", isFirst: index == 0) + cells)
        }
    }

    private var errors: Table {
        let leads = predictors.map { predictor in
            predictor.scores.numberedLeads.map { ScoreLists.ErrorRow(lead: $0.number, scores: $0.scores, of: request) }
        }
        let titles = leads[0][0].errors.map { $0.name.uppercased().replacing("_", with: "-") }
        var table = newTable(titles + ["counted"])
        for row in leads[0].indices {
            for (index, predictor) in predictors.enumerated() {
                let lead = leads[index][row]
                table.add(
                    label(lead.lead, predictor.name, isFirst: index == 0)
                        + lead.errors.map { $0.value.map { String(format: "%.4g", $0) } ?? "-" }
                        + [lead.counted.map { String(format: "%.1f %%", 100 * $0) } ?? "-"])
            }
        }
        return table
    }

    private var legend: String {
        let rules = request.rules
        let means = rules.averagesLeadTimes ? " mean: of the scores of lead times." : ""
        let sums =
            rules.sumsErrorsOverFrames
            ? "MAE, MSE, B-MAE, B-MSE: sums over a frame's pixels, averaged over frames."
            : "Errors are means over pixels."
        let weights =
            request.weights.map { weights in
                let steps = zip(weights.thresholds, weights.values.dropFirst()).map {
                    "\(plain($1)) from \(String(format: "%.4g", $0))"
                }
                return "B-MAE, B-MSE: weights \(plain(weights.values[0])), \(steps.joined(separator: ", "))."
            } ?? "B-MAE and B-MSE need a unit: mm/h, dBZ, or mm with a time step."
        let fractions = request.scales.isEmpty ? "" : "FSS n: in windows of n x n pixels.\n"
        let pooled = request.pools.isEmpty ? "" : "CSI n: of the largest values of blocks of n x n pixels.\n"
        return """
            counted: pixels that are missing neither in the forecast nor in the truth; others are in no count.
            all: counts of all lead times together. A dash is 0/0.\(means)
            \(fractions)\(pooled)\(sums)
            \(weights)
            """
    }

    private func cell(_ value: Double?) -> String { value.map { String(format: "%.3f", $0) } ?? "-" }

    // For spreadsheets

    /// Writes every score, one in each line, and nothing where one is 0/0.
    func write(csv path: String) throws {
        var lines = ["forecast,score,lead,threshold,scale,pool,value"]
        for (name, scores) in predictors { lines += rows(scores).map { "\(quoted(name)),\($0)" } }
        let bytes = Array((lines.joined(separator: "\n") + "\n").utf8)
        let file = try AtomicFile(path: path, expecting: bytes.count)
        try file.append(bytes.span)
        try file.commit()
    }

    /// The lines of a predictor, without its name.
    private func rows(_ found: ForecastScores) -> [String] {
        let leads = found.numberedLeads.flatMap { number, scores in
            let lead = number.map { "\($0)" } ?? "all"
            return request.thresholds.indices.flatMap { rows(scores, lead, $0) } + rows(scores, lead)
        }
        let means = (found.means ?? []).map { mean in
            row(
                mean.column.score, "mean", mean.threshold.map(plain) ?? "mean", scale: mean.column.scale,
                pool: mean.column.pool, mean.value)
        }
        return leads + means
    }

    /// The lines of a lead time's events at a threshold.
    private func rows(_ scores: LeadScores, _ lead: String, _ place: Int) -> [String] {
        let threshold = plain(request.thresholds[place])
        func rows(_ table: ContingencyTable, pool: Int? = nil) -> [String] {
            let counts = [
                ("hits", table.hits), ("misses", table.misses), ("false_alarms", table.falseAlarms),
                ("correct_negatives", table.correctNegatives),
            ]
            return counts.map { row($0, lead, threshold, pool: pool, Double($1)) }
                + CategoricalScore.allCases.map {
                    row($0.rawValue, lead, threshold, pool: pool, table.value(of: $0))
                }
        }
        let fractions = zip(request.scales, scores.fractions).map { scale, fractions in
            row("fss", lead, threshold, scale: scale, fractions[place].value)
        }
        let pooled = zip(request.pools, scores.pooled).flatMap { pool, tables in rows(tables[place], pool: pool) }
        return rows(scores.tables[place]) + fractions + pooled
    }

    /// The lines of a lead time's errors.
    private func rows(_ scores: LeadScores, _ lead: String) -> [String] {
        let errors = ScoreLists.ErrorRow(lead: nil, scores: scores, of: request)
        return [row("pixels", lead, "", Double(errors.pixels)), row("counted", lead, "", errors.counted)]
            + errors.errors.map { row($0.name, lead, "", $0.value) }
    }

    private func row(
        _ score: String, _ lead: String, _ threshold: String, scale: Int? = nil, pool: Int? = nil, _ value: Double?
    ) -> String {
        let numbers = [scale, pool].map { $0.map { "\($0)" } ?? "" }
        return ([score, lead, threshold] + numbers + [value.map(plain) ?? ""]).joined(separator: ",")
    }

    /// A name as a field of CSV.
    private func quoted(_ name: String) -> String {
        name.contains { ",\"\n\r".contains($0) } ? "\"\(name.replacing("\"", with: "\"\""))\"" : name
    }
}

/// A number with as many digits as it needs: 2 and not 2.0.
private func plain(_ number: Double) -> String {
    number == number.rounded() && abs(number) < 1e15 ? "\(Int(number))" : number.isFinite ? "\(number)" : ""
}
