import Foundation
import TestSupport
import Testing

/// Jobs whose steps take longer than the second that mpirun leaves by itself.
@Suite struct StopOfLongStepsTests {
    let example = try! TrainingExample.shared.get()

    private func job(_ output: String, ending: String) throws -> CommandResult {
        let model = ["train", "--model", "pytorch-seq2seq", "--data", "generated", "--batch-size", "4", "--steps", "1000"]
        let command = ["timeout", "100", "mpirun", "--tune", Repository.path + "Launch/hosts.conf", "-np", "2"] + Mpirun.options
            + [Command.path(of: "convlstm-dist")] + model + ["--output", output]
        let script = """
            \(command.joined(separator: " ")) &
            until grep -qs '^2,' \(output)/metrics.csv && [ -s \(output)/.alive/rank-1 ]; do kill -0 $! || exit 99; sleep 0.05; done
            \(ending); wait $!
            """
        return try Command.run(
            "bash", ["-c", script], environment: Mpirun.rootIsWelcome, directory: example.folder.path, timeout: 120)
    }

    @Test func hostsConfLeavesTheTimeForThem() throws {
        let output = example.freshOutput()
        let result = try job(output, ending: "kill -INT $!")
        let last = try #require(try example.column("step", of: "metrics.csv", output).last.flatMap { Int($0) })
        #expect(result.stderr.contains("SIGTERM: stopped after step \(last); go on"), "\(result.stderr)")
        #expect(try example.tensors(output, step: last).isEmpty == false)
    }

    /// mpirun waits for twice the 10 s of hosts.conf, and no longer.
    @Test func aRankThatIsGoneEndsTheJobAllTheSame() throws {
        let output = example.freshOutput()
        let start = Date()
        let result = try job(output, ending: #"kill -KILL $(sed 's/.*"process":\([0-9]*\).*/\1/' \#(output)/.alive/rank-1)"#)
        #expect(result.status != 0 && result.status != 124, "\(result.stderr)")
        #expect(Date().timeIntervalSince(start) < 60, "\(result.stderr)")
    }
}
