// A clock of the time of day that is set while a run trains, by an hour back or a day forward: nothing that a run
// measures, waits for or decides goes by it.

import Foundation
import TestSupport
import Testing

@Suite(.tags(.slow), .unlessFast) struct ClockTests {
    private let example = try! TrainingExample.shared.get()

    private static let jumps = [-3600, 86_400]

    /// The run has a limit on its time that a day would exceed, and a watchdog that an hour would wake or put to sleep.
    @Test(arguments: jumps, [0, 2]) func aRunEndsAsAnUndisturbedOne(seconds: Int, ranks: Int) throws {
        let run = example.freshOutput(), whole = example.freshOutput(), note = run + "-reached"
        let options = [
            "--steps", "8", "--checkpoint-every", "2", "--evaluate-every", "3", "--max-time", "10m", "--watchdog", "5",
        ]
        let trigger = Trigger(.clock(seconds: seconds), after: [Trigger.Calls("pread", "tiny.shards", count: 20)])
        let environment = try trigger.environment(note: note)
        let result =
            ranks == 0
            ? try Command.run(
                "convlstm-dist", example.arguments(run, options), environment: environment,
                directory: example.folder.path)
            : try Mpirun.run(
                ranks: ranks, "convlstm-dist", example.arguments(run, options), environment: environment,
                directory: example.folder.path)
        #expect(result.status == 0, "\(result)")
        try #require(FileManager.default.fileExists(atPath: example.folder.file(note)))
        #expect(try example.train(ranks: ranks, whole, options).status == 0)
        #expect(try RunOutcome(example, run, step: 8) == RunOutcome(example, whole, step: 8))
        let times = try times(ofLog: run), steps = zip(times.dropFirst(), times).map { $0.timeIntervalSince($1) }
        #expect(steps.contains { abs($0 - Double(seconds)) < 60 }, "the log does not tell of the jump: \(times)")
        // The rates of the rows are by the other clock.
        let rates = try example.column("sequences_per_s", of: "metrics.csv", run).map { try #require(Double($0)) }
        #expect(rates.count == 8 && rates.allSatisfy { $0 > 0.1 }, "\(rates)")
        // The run that follows goes by the clock as it is, and finds nothing of the other that is in its way.
        let further = try example.train(ranks: ranks, run, options + ["--steps", "10"])
        #expect(further.status == 0 && further.stderr.contains("goes on after step 8 "), "\(further)")
    }

    private func times(ofLog run: String) throws -> [Date] {
        try example.text(of: "log.txt", run).split(separator: "\n").map { line in
            try Date(String(line.split(separator: " ")[1]), strategy: .iso8601)
        }
    }

    /// A rank that is stuck is found as soon as without the jump.
    @Test(arguments: jumps) func theWatchdogStaysAwake(seconds: Int) throws {
        let run = example.freshOutput(), sign = "\(run)/.alive/rank-1", note = run + "-reached"
        let trigger = Trigger(
            .clock(seconds: seconds), after: [Trigger.Calls("pread", "tiny.shards", count: 40)], ofRank: 0)
        let result = try example.train(
            ranks: 2, run, ["--watchdog", "2"], environment: trigger.environment(note: note),
            once: "test -e \(note) && grep -qs '\"stage\":\"step\"' \(sign)",
            do: "kill -STOP $(sed 's/.*\"process\":\\([0-9]*\\).*/\\1/' \(sign))")
        #expect(result.status == 69 && result.stderr.contains("Error: rank 1 of 2 on "), "\(result)")
        let again = try example.train(ranks: 0, run, ["--steps", "1"])
        #expect(again.status == 0, "\(again)")
    }
}
