// Jobs that are disturbed while they train.

import TestSupport

extension TrainingExample {
    /// Starts a job that would run for hours; after 20 steps, once a shell condition holds, runs a shell action beside
    /// it. A job that this does not end is killed with all its ranks.
    func train(
        ranks: Int, _ output: String, _ more: [String] = [], environment: [String: String] = [:],
        once condition: String = "true", do action: String
    ) throws -> CommandResult {
        let launcher = ["timeout", "--preserve-status", "40", "mpirun", "-np", "\(ranks)"] + Mpirun.options
        let endless = ["--steps", "50000000", "--evaluate-every", "50000000"]
        let command = launcher + [Command.path(of: "convlstm-dist")] + arguments(output, endless + more)
        let script = """
            \(command.joined(separator: " ")) &
            until grep -qs '^20,' \(output)/metrics.csv && \(condition); do kill -0 $! || exit 99; sleep 0.02; done
            \(action)
            wait $!
            """
        return try Command.run(
            "sh", ["-c", script], environment: Mpirun.rootIsWelcome.merging(environment) { $1 },
            directory: folder.path, timeout: 60)
    }
}
