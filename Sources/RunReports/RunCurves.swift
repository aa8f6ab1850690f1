// The curves of runs, which one run and several share.

import Reports
import Trainer

enum RunCurves {
    /// The losses, the learning rates and the gradient norms of runs over their steps.
    ///
    /// - Parameter runs: each with its name, which is empty for a run alone.
    static func charts(of runs: [(name: String, run: RunSummary)]) -> [Chart] {
        let losses = runs.flatMap { name, run in
            [
                Chart.Series(
                    named("training", name), points(run.metrics, "loss"), isNoisy: true),
                Chart.Series(named("validation", name), points(run.validations, "loss")),
            ]
        }
        func chart(_ title: String, _ column: String, isNoisy: Bool) -> Chart {
            let series = runs.map { name, run in
                Chart.Series(
                    name.isEmpty ? title : name, points(run.metrics, column), isNoisy: isNoisy)
            }
            return Chart(title, over: "step", series, isLogarithmic: isNoisy)
        }
        return [
            Chart("loss", over: "step", losses, isLogarithmic: true),
            chart("learning rate", "learning_rate", isNoisy: false),
            chart("gradient norm before clipping", "gradient_norm", isNoisy: true),
        ]
    }

    private static func named(_ what: String, _ run: String) -> String { run.isEmpty ? what : "\(run), \(what)" }

    private static func points(_ table: RunTable, _ column: String) -> [Chart.Point] {
        zip(table.steps, table[column]).map { Chart.Point(Double($0), $1) }
    }
}
