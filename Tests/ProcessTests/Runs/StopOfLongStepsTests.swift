import Foundation
import TestSupport
import Testing

/// Jobs whose steps take longer than the one second that mpirun waits by default.
@Suite(.tags(.slow), .unlessFast) struct StopOfLongStepsTests {
    let example = try! TrainingExample.shared.get()

    /// Runs a job under Launch/hosts.conf with another timeout: in parallel with other tests steps take many times as
    /// long.
    private func job(_ output: String, seconds: Int, ending: String) throws -> CommandResult {
        let published = try Repository.text(of: "Launch/hosts.conf"), name = "odls_base_sigkill_timeout"
        try #require(published.contains(try Regex("-mca \(name) \\d+")))
        let conf = try example.folder.write(
            Array(published.replacing(try Regex("\(name) \\d+"), with: "\(name) \(seconds)").utf8), to: output + ".conf"
        )
        let model = [
            "train", "--model", "pytorch-seq2seq", "--data", "generated", "--batch-size", "2", "--steps", "1000",
        ]
        // In the foreground it does not signal its whole group as well: a second SIGINT makes mpirun kill all at once.
        let command =
            ["timeout", "--foreground", "250", "mpirun", "--tune", conf, "-np", "2"] + Mpirun.options
            + [Command.path(of: "convlstm-dist")] + model + ["--output", output]
        let script = """
            \(command.joined(separator: " ")) &
            until grep -qs '^2,' \(output)/metrics.csv && [ -s \(output)/.alive/rank-1 ]; do kill -0 $! || exit 99; sleep 0.05; done
            \(ending); wait $!
            """
        return try Command.run(
            "bash", ["-c", script], environment: Mpirun.rootIsWelcome, directory: example.folder.path, timeout: 260)
    }

    @Test func hostsConfLeavesTheTimeForThem() throws {
        let output = example.freshOutput()
        let result = try job(output, seconds: 40, ending: "kill -INT $!")
        let last = try #require(try example.column("step", of: "metrics.csv", output).last.flatMap { Int($0) })
        #expect(result.stderr.contains("SIGTERM: stopped after step \(last); go on"), "\(result.stderr)")
        #expect(try example.tensors(output, step: last).isEmpty == false)
    }

    /// mpirun waits twice the timeout, and no longer.
    @Test func aRankThatIsGoneEndsTheJobAllTheSame() throws {
        let output = example.freshOutput()
        let result = try job(
            output, seconds: 3, ending: #"kill -KILL $(sed 's/.*"process":\([0-9]*\).*/\1/' \#(output)/.alive/rank-1)"#)
        #expect(result.status != 0 && result.status != 124, "\(result.stderr)")
    }
}
