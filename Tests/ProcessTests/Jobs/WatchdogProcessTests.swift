import Foundation
import TestSupport
import Testing

/// Jobs of which one rank is stopped, as by `kill -STOP`.
@Suite struct WatchdogProcessTests {
    let example = try! TrainingExample.shared.get()

    @Test(arguments: [(2, 1), (2, 0), (3, 1)]) func aStoppedRankIsNamedAndEndsTheJob(ranks: Int, stopped: Int) throws {
        let output = example.freshOutput(), sign = "\(output)/.alive/rank-\(stopped)"
        let result = try example.train(
            ranks: ranks, output, ["--watchdog", "2"], once: "grep -qs '\"stage\":\"step\"' \(sign)",
            do: "kill -STOP $(sed 's/.*\"process\":\\([0-9]*\\).*/\\1/' \(sign)); date +%s > \(output)/stopped")
        #expect(result.status == 69)
        #expect(result.stderr.contains("Error: rank \(stopped) of \(ranks) on "), "\(result.stderr)")
        let finding = /is stuck: no sign of life while rank \d waited for \d+ s, last seen .*in .*(step|checkpoint)/
        #expect(result.stderr.contains(finding), "\(result.stderr)")
        let stop = try #require(Double(example.text(of: "stopped", output).trimmingCharacters(in: .newlines)))
        #expect(Date().timeIntervalSince1970 - stop < 15)
        try waitForRanks(of: output)
        let again = try example.train(ranks: 0, output, ["--steps", "1"])
        #expect(again.status == 0, "\(again.stderr)")
        #expect(!FileManager.default.fileExists(atPath: example.folder.file(output + "/.alive")))
    }

    /// Returns when no rank of a job is left that could still write: `mpirun` does not wait for those that it kills.
    private func waitForRanks(of output: String) throws {
        let script = """
            for sign in \(output)/.alive/rank-?; do
                process=$(sed 's/.*"process":\\([0-9]*\\).*/\\1/' $sign)
                while grep -qs 'State:.[^ZX]' /proc/$process/status; do sleep 0.01; done
            done
            """
        let result = try Command.run("sh", ["-euc", script], directory: example.folder.path, timeout: 20)
        #expect(result.status == 0, "\(result.stderr)")
    }
}
