import Formats
import Foundation
import TestSupport
import Testing

/// Runs without a folder by name: the same command goes on, and any other begins anew.
@Suite struct NumberedRunsTests {
    private let folder = try! TemporaryFolder()

    init() throws {
        try TrainingExample.shared.get().copy(to: folder.path)
    }

    private func dist(_ arguments: [String]) throws -> CommandResult {
        try Command.run("convlstm-dist", arguments, directory: folder.path)
    }

    /// Four steps with a checkpoint after every second one, unless `more` says otherwise.
    private static func command(_ more: [String] = []) -> [String] {
        ["train", "--config", "tiny.yaml", "--checkpoint-every", "2"]
            + (more.contains("--steps") ? [] : ["--steps", "4"]) + more
    }

    @discardableResult
    private func train(_ more: [String] = []) throws -> CommandResult { try dist(Self.command(more)) }

    /// Makes a finished run one that was stopped after two steps.
    private func cutBack(_ run: String) throws {
        try FileManager.default.removeItem(atPath: folder.file("\(run)/checkpoints/step-000000004.safetensors.zst"))
    }

    private func bytes(_ path: String) throws -> Data {
        try Data(contentsOf: URL(fileURLWithPath: folder.file(path)))
    }

    private var runs: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: folder.file("runs/tiny")).sorted() }
    }

    @Test func anUnfinishedRunGoesOnAndAFinishedOneIsLeftAlone() throws {
        #expect(try train().stderr.contains("finished in"))
        let step = "checkpoints/step-000000004.safetensors.zst", whole = try bytes("runs/tiny/1/\(step)")
        let second = try train().stderr
        #expect(second.contains("run folder runs/tiny/2"))
        #expect(second.contains("a new run, since runs/tiny/1 is finished\n"), "\(second)")
        try cutBack("runs/tiny/1")
        #expect(try train().stderr.contains("goes on after step 2 from runs/tiny/1/"))
        #expect(try bytes("runs/tiny/1/\(step)") == whole)
        try cutBack("runs/tiny/1")
        // How fast, how safely and for how long one process works makes no other run.
        let again = try train(["--max-time", "1h", "--keep", "7", "--watchdog", "off"])
        #expect(again.stderr.contains("goes on after step 2 from runs/tiny/1/"), "\(again)")
        #expect(try runs == ["1", "2"])
    }

    @Test(arguments: [
        ["--seed", "2"], ["--steps", "5"], ["--set", "model.learningRate=0.5"], ["--resume", "never"],
    ])
    func anotherConfigurationBeginsAnew(other: [String]) throws {
        try train()
        try cutBack("runs/tiny/1")
        let before = try bytes("runs/tiny/1/metrics.csv"), result = try train(other)
        #expect(result.status == 0 && result.stderr.contains("run folder runs/tiny/2"), "\(result)")
        #expect(try bytes("runs/tiny/1/metrics.csv") == before)
        let reason = "a new run, which differs from runs/tiny/1 in ",
            key = ["--seed": "seed 2 instead of 1", "--steps": "steps 5 instead of 4"]
        #expect(result.stderr.contains(reason) == (other[0] != "--resume"), "\(result)")
        if let change = key[other[0]] {
            #expect(result.stderr.contains("\(reason)\(change); --resume runs/tiny/1 "), "\(result)")
        }
        // And each of the two is found again, also by a command that says `never` no more.
        let first = try train()
        #expect(first.stderr.contains(other[0] == "--resume" ? "runs/tiny/1" : "from runs/tiny/1"), "\(first)")
    }

    /// A job that began from a named checkpoint, and is queued again, goes on where it was.
    @Test func aRunFromACheckpointOfAnotherIsFoundAgain() throws {
        try train(["--output", "other"])
        let start = ["--resume", "other/checkpoints/step-000000002.safetensors.zst"]
        #expect(try train(start).stderr.contains("goes on after step 2 from other/"))
        try train(start + ["--steps", "6"])
        try cutBack("runs/tiny/2")
        try FileManager.default.removeItem(
            atPath: folder.file("runs/tiny/2/checkpoints/step-000000006.safetensors.zst"))
        #expect(try runs == ["1", "2"])
        let again = try train(start + ["--steps", "6"])
        #expect(again.stderr.contains("run folder runs/tiny/2") && again.status == 0, "\(again)")
        #expect(try train(["--steps", "6"]).stderr.contains("run folder runs/tiny/3"))
    }

    /// Processes that start at the same moment get a folder each.
    @Test func runsThatStartTogetherDoNotMeet() async throws {
        let folder = folder
        let results = try await withThrowingTaskGroup(of: CommandResult.self) { group in
            for seed in 1...6 {
                group.addTask {
                    let arguments = Self.command(["--seed", "\(seed)"])
                    return try Command.run("convlstm-dist", arguments, directory: folder.path)
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(results.allSatisfy { $0.status == 0 }, "\(results)")
        #expect(try runs == ["1", "2", "3", "4", "5", "6"])
    }

    @Test func theRunOfALivingProcessIsNotTakenOver() throws {
        try train()
        try cutBack("runs/tiny/1")
        let lock = try LockFile(path: folder.file("runs/tiny/1/.lock"))
        let result = try train()
        lock.release()
        #expect(result.status == 1 && result.stderr.contains("another process trains in runs/tiny/1"), "\(result)")
        #expect(try runs == ["1"])
    }

    @Test func aRunThatCannotStartLeavesNoFolder() throws {
        let result = try train(["--weights", "nowhere.safetensors.zst"])
        #expect(result.status != 0)
        #expect(try folder.names.contains("runs") == false)
    }

    @Test func aConfigurationThatCannotBeReadIsSaid() throws {
        try train()
        try folder.write(Array("model: [".utf8), to: "runs/tiny/1/config.yaml")
        let result = try train()
        #expect(result.status == 0 && result.stderr.contains("warning: runs/tiny/1 is not gone on with: "), "\(result)")
        #expect(try runs == ["1", "2"])
    }

    @Test func aNameStandsInPlaceOfANumber() throws {
        let result = try train(["--name", "wide"])
        #expect(result.stderr.contains("run folder runs/tiny/wide"))
        #expect(try train(["--name", "wide"]).stderr.contains("nothing to do: the run in runs/tiny/wide"))
        for (options, problem) in [
            (["--name", "7"], "--name is 7; give letters"), (["--name", "a/b"], "--name is a/b; give letters"),
            (["--name", "a", "--output", "b"], "--name and --output both say"),
        ] {
            let refusal = try train(options)
            #expect(refusal.status == 2 && refusal.stderr.contains(problem), "\(refusal)")
        }
    }

    @Test func allRanksKnowTheFolder() throws {
        let result = try Mpirun.run(ranks: 2, "convlstm-dist", Self.command(), directory: folder.path)
        #expect(result.status == 0 && result.stderr.contains("see runs/tiny/1"), "\(result)")
    }

    /// `--resume RUN` goes on there, as the run was configured, from wherever it is called.
    @Test func aRunThatIsNamedGoesOnAsItWasConfigured() throws {
        try train(["--set", "model.learningRate=0.5", "--seed", "3"])
        let result = try dist(["train", "--resume", "runs/tiny/1", "--steps", "5"])
        #expect(result.status == 0 && result.stderr.contains("changed since: steps 5 instead of 4\n"), "\(result)")
        let inside = try Command.run(
            "convlstm-dist", ["train", "--resume", ".", "--steps", "6"], directory: folder.file("runs/tiny/1"))
        #expect(inside.status == 0 && inside.stderr.contains("steps 6 instead of 5\n"), "\(inside)")
        #expect(try runs == ["1"])
        for (options, problem) in [
            (
                ["--resume", "runs/tiny/1", "--output", "else"],
                "--resume names the run in runs/tiny/1, and the output is else"
            ),
            (["--resume", "runs"], "--resume is runs, which is not the folder of a run: it has no config.yaml"),
            (
                ["--resume", "runs/tiny/1", "--config", "tiny.yaml"],
                "has its own configuration, and --config is tiny.yaml"
            ),
        ] {
            let refusal = try dist(["train"] + options)
            #expect(refusal.status == 2 && refusal.stderr.contains(problem), "\(refusal)")
        }
    }

    @Test func forecastsAskForTheRunAmongSeveral() throws {
        try train()
        let result = try dist(["evaluate", "--checkpoint", "runs/tiny"])
        #expect(
            result.status == 1
                && result.stderr.contains(
                    "name a checkpoint, or the folder of a run that has saved one, such as runs/tiny/1"),
            "\(result)")
    }
}
