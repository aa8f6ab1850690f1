import Formats
import Foundation
import TestSupport
import Testing
import Trainer

/// A run's folder records what happened, whatever commands follow and whatever fails.
@Suite struct RunRecordTests {
    let example = try! TrainingExample.shared.get()

    /// All files of a run except the lock, with their bytes.
    private func record(_ output: String) throws -> [String: [UInt8]] {
        let folder = example.folder.file(output)
        var record: [String: [UInt8]] = [:]
        for name in try FileManager.default.subpathsOfDirectory(atPath: folder) where name != ".lock" {
            if try !Folder.isOne(folder + "/" + name) {
                record[name] = try InputFile(path: folder + "/" + name).bytes()
            }
        }
        return record
    }

    private func run(_ output: String, _ more: [String], under fault: Fault? = nil) throws -> CommandResult {
        // Runs in a shell, which survives a kill of the program.
        let command = ([Command.path(of: "convlstm-dist")] + example.arguments(output, more)).joined(separator: " ")
        return try Command.run(
            "sh", ["-c", "\(command) || exit $?"], environment: try fault?.environment ?? [:],
            directory: example.folder.path)
    }

    @Test func aFinishedRunStaysAsItIs() throws {
        let output = example.freshOutput()
        #expect(try run(output, ["--steps", "3"]).status == 0)
        let before = try record(output)
        let again = try run(output, ["--steps", "3", "--learning-rate", "0.5", "--threads", "2", "--keep", "1"])
        #expect(
            again.status == 0 && again.stderr.contains("nothing to do: the run in \(output) has all its steps"),
            "\(again)")
        #expect(try record(output) == before)
        let changed = try run(output, ["--steps", "5", "--learning-rate", "0.5", "--threads", "2"])
        #expect(changed.status == 2, "\(changed)")
        #expect(
            changed.stderr.contains(
                "\(output) would go on to another result, with model.learningRate 0.5 instead of 0.01; add --force"),
            "\(changed)")
        #expect(try record(output) == before)
        let further = try run(output, ["--steps", "5", "--learning-rate", "0.5", "--force"])
        #expect(further.status == 0)
        let log = try example.text(of: "log.txt", output)
        #expect(log.contains("changed since: steps 5 instead of 3, model.learningRate 0.5 instead of 0.01"), "\(log)")
        #expect(try example.text(of: "config.yaml", output).contains("learningRate: 0.5"))
    }

    /// The same number of sequences with other extremes would be scaled differently.
    @Test func dataOfOtherValuesAreNotThoseOfTheRun() throws {
        let output = example.freshOutput()
        try example.train(ranks: 0, output, ["--steps", "2"])
        let script = """
            python3 -c "import numpy as n; n.save('halves.npy', n.load('squares-shifted.npy').astype('f4') / 2)" &&
            "$S" split halves.npy --shards 2 --validation 4 --test 2 --layout sequences-first --output halves
            """
        let split = try Command.run(
            "bash", ["-c", script], environment: ["S": Command.path(of: "convlstm-shard")],
            directory: example.folder.path)
        #expect(split.status == 0, "\(split)")
        let result = try run(output, ["--steps", "4", "--data", "halves"])
        #expect(
            result.status == 2
                && result.stderr.contains(
                    "is of a run with values from 0.0 to 1.0 and halves has values from 0.0 to 0.5"),
            "\(result)")
    }

    @Test func aCheckpointOfAnotherRunBeginsNoneInAFolderThatHasOne() throws {
        let (one, other) = (example.freshOutput(), example.freshOutput())
        try example.train(ranks: 0, one, ["--steps", "2"])
        try example.train(ranks: 0, other, ["--steps", "3"])
        let before = try record(one), file = "\(other)/checkpoints/\(Checkpoint.fileName(step: 3))"
        let result = try run(one, ["--steps", "5", "--resume", file])
        #expect(result.status == 2, "\(result)")
        #expect(
            result.stderr.contains("\(one) already holds a run with a checkpoint of step 2, and \(file) is of another"))
        #expect(try record(one) == before)
    }

    /// If an error were taken for an empty folder, the run would start over and overwrite its logs.
    @Test(arguments: [EIO, EACCES, EMFILE]) func checkpointsThatCannotBeListedEndTheStart(code: Int32) throws {
        let output = example.freshOutput()
        try example.train(ranks: 0, output, ["--steps", "3"])
        let before = try record(output)
        let result = try run(output, ["--steps", "5"], under: .unreadableFolder("/checkpoints", errno: code))
        #expect(result.status == 1, "\(result)")
        #expect(result.stderr.contains("\(output)/checkpoints could not be read ("), "\(result.stderr)")
        #expect(try record(output) == before)
    }

    /// The program is killed instead of writing the index after the last checkpoint.
    @Test func aKillBeforeTheIndexChangesNothing() throws {
        let output = example.freshOutput(),
            options = ["--steps", "4", "--evaluate-every", "1", "--checkpoint-every", "1", "--keep", "1"]
        #expect(try run(output, options, under: .killedAtRename("checkpoints.json", time: 4)).status == 137)
        let losses = try example.column("loss", of: "validation.csv", output).map { try #require(Double($0)) }
        let best = try #require(losses.indices.min { losses[$0] < losses[$1] }) + 1
        try #require(losses.count == 4 && best == 4, "the last one is to be the best")
        func name(_ step: Int) -> String { Checkpoint.fileName(step: step) }
        let evaluated = try Command.run(
            "convlstm-dist", ["evaluate", "--checkpoint", output, "--data", "tiny.shards"],
            directory: example.folder.path)
        #expect(evaluated.status == 0 && evaluated.stdout.contains(name(4)), "\(evaluated)")
        let verified = try Command.run(
            "convlstm-dist", ["checkpoint", "verify", output], directory: example.folder.path)
        #expect(verified.status == 0 && verified.stdout.contains(name(4)), "\(verified)")
        #expect(try run(output, options).stderr.contains("nothing to do"))
        let index = try CheckpointIndex(folder: example.folder.file(output + "/checkpoints"))
        #expect(index.best == name(4) && index.checkpoints.map(\.step) == [4])
        #expect(
            try Folder.names(in: example.folder.file(output + "/checkpoints"))?.sorted()
                == ["checkpoints.json", name(4)].sorted())
    }

    @Test func anOldCheckpointThatCannotBeRemovedEndsNoRun() throws {
        let output = example.freshOutput()
        let fault = Fault.unremovableFile(Checkpoint.fileName(step: 1), errno: EIO)
        let result = try run(
            output, ["--steps", "3", "--checkpoint-every", "1", "--keep", "1", "--evaluate-every", "9"], under: fault)
        #expect(result.status == 0, "\(result)")
        #expect(
            result.stderr.contains("warning: an older checkpoint stays: \(output)/checkpoints/step-000000001"),
            "\(result)")
        #expect(result.stderr.contains("could not be removed (input/output error)"))
    }

    @Test func aRowThatWasCutIsNoRow() throws {
        let output = example.freshOutput()
        try example.train(ranks: 0, output, ["--steps", "3"])
        let path = example.folder.file(output + "/metrics.csv")
        let rows = try example.text(of: "metrics.csv", output).split(separator: "\n")
        try Data((rows[...2].joined(separator: "\n") + "\n3").utf8).write(to: URL(fileURLWithPath: path))
        let result = try run(output, ["--steps", "5"])
        #expect(
            result.status == 0 && result.stderr.contains("metrics.csv lacks 1 row, the first of step 3"), "\(result)")
        #expect(try example.column("step", of: "metrics.csv", output) == ["1", "2", "4", "5"])
    }

    @Test func aRunWhoseFolderIsTakenAwaySaysSo() throws {
        let output = example.freshOutput()
        let script = """
            timeout 60 \(Command.path(of: "convlstm-dist")) \
            \(example.arguments(output, ["--steps", "1000000", "--checkpoint-every", "500", "--evaluate-every", "1000000"]).joined(separator: " ")) &
            until grep -qs '^20,' \(output)/metrics.csv; do kill -0 $! || exit 99; sleep 0.02; done
            mv \(output) \(output)-elsewhere; wait $!
            """
        let result = try Command.run("bash", ["-c", script], directory: example.folder.path, timeout: 70)
        #expect(result.status == 1, "\(result)")
        #expect(result.stderr.contains("\(output) was removed, or taken over by another process"), "\(result.stderr)")
    }

    /// A run whose single checkpoint is replaced all the time.
    @Test func verifyIsRightAboutALivingRun() throws {
        let output = example.freshOutput(), program = Command.path(of: "convlstm-dist")
        let arguments = example.arguments(
            output, ["--steps", "1000000", "--checkpoint-every", "1", "--keep", "1", "--evaluate-every", "1000000"])
        let script = """
            \(program) \(arguments.joined(separator: " ")) > /dev/null 2>&1 &
            until grep -qs '^5,' \(output)/metrics.csv; do kill -0 $! || exit 99; sleep 0.02; done
            for i in $(seq 25); do \(program) checkpoint verify \(output) || echo WRONG; done
            for i in $(seq 5); do \(program) evaluate --checkpoint \(output) --data tiny.shards > /dev/null 2>&1 || echo WRONG; done
            kill $!; wait $!
            """
        let result = try Command.run("bash", ["-c", script], directory: example.folder.path, timeout: 100)
        #expect(
            result.status == 143 && !result.stdout.contains("WRONG") && !result.stdout.contains("DAMAGED"), "\(result)")
    }

    @Test func whatAKilledRunLeftHalfWrittenIsRemoved() throws {
        let output = example.freshOutput()
        #expect(
            try run(
                output, ["--steps", "4", "--checkpoint-every", "1"],
                under: .killedAtRename("000000002.safetensors.zst", time: 1)
            ).status == 137)
        let folder = example.folder.file(output)
        func halves() throws -> [String] {
            try FileManager.default.subpathsOfDirectory(atPath: folder).filter { $0.hasSuffix(".partial") }
        }
        #expect(try halves().count == 1)
        #expect(try run(output, ["--steps", "4"]).status == 0)
        #expect(try halves().isEmpty)
    }
}
