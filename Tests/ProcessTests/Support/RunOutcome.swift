// The bitwise outcome of a run, for tests that two runs ended the same.

/// Parameters, moments and moving averages after a step, and the run's tables as written.
struct RunOutcome: Equatable {
    var tensors: [String: [UInt32]]
    var losses, norms, validations: [String]

    init(_ example: TrainingExample, _ output: String, step: Int) throws {
        tensors = try example.tensors(output, step: step).mapValues { $0.map(\.bitPattern) }
        losses = try example.column("loss", of: "metrics.csv", output)
        norms = try example.column("gradient_norm", of: "metrics.csv", output)
        validations = try example.column("loss", of: "validation.csv", output)
    }
}
