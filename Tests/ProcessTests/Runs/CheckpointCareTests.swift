// `checkpoint list`, `prune` and `repair`, and which checkpoints a run keeps by itself.

import Foundation
import TestSupport
import Testing
import Trainer

@Suite(.tags(.slow), .unlessFast) struct CheckpointCareTests {
    let example = try! TrainingExample.shared.get()

    private func dist(_ arguments: [String]) throws -> CommandResult {
        try Command.run("convlstm-dist", arguments, directory: example.folder.path)
    }

    /// A run of six steps with a checkpoint of each, the second of which is the best.
    private func run(_ options: [String] = ["--keep", "9"]) throws -> String {
        let output = example.freshOutput()
        let result = try example.train(
            ranks: 0, output, ["--steps", "6", "--checkpoint-every", "1", "--evaluate-every", "9"] + options)
        #expect(result.status == 0, "\(result)")
        return output
    }

    private func steps(_ output: String) throws -> [Int] {
        try FileManager.default.contentsOfDirectory(atPath: example.folder.file(output + "/checkpoints"))
            .compactMap(Checkpoint.step(fileName:)).sorted()
    }

    @Test(arguments: [0, 2]) func aRunKeepsEverySoManiethForGood(ranks: Int) throws {
        let output = example.freshOutput()
        let options = [
            "--steps", "7", "--checkpoint-every", "1", "--keep", "1", "--keep-every", "3", "--evaluate-every", "9",
        ]
        #expect(try example.train(ranks: ranks, output, options).status == 0)
        #expect(try steps(output) == [3, 6, 7])
    }

    @Test func theListHasAllAndMarksTheBest() throws {
        let output = try run(), listed = try dist(["checkpoint", "list", output])
        let rows = listed.stdout.split(separator: "\n").dropFirst().filter { $0.contains("step-") }
        #expect(listed.status == 0 && rows.count == 6, "\(listed)")
        #expect(rows.map { $0.contains(" best ") } == [false, false, false, false, false, true], "\(listed)")
    }

    @Test func pruningLeavesWhatTheRuleKeeps() throws {
        let output = try run(), result = try dist(["checkpoint", "prune", output, "--keep", "1", "--keep-every", "4"])
        #expect(result.status == 0 && result.stdout.split(separator: "\n").count == 4, "\(result)")
        #expect(try steps(output) == [4, 6])
        #expect(
            try CheckpointIndex(folder: example.folder.file(output + "/checkpoints")).checkpoints.map(\.step) == [4, 6])
        let again = try dist(["checkpoint", "prune", output, "--keep", "1", "--keep-every", "4"])
        #expect(again.status == 0 && again.stdout.hasPrefix("nothing to remove"), "\(again)")
        let further = try example.train(ranks: 0, output, ["--steps", "7", "--evaluate-every", "9"])
        #expect(further.status == 0 && further.stderr.contains("goes on after step 6"), "\(further)")
    }

    /// One file is cut, one has a bit flipped, the index is gone, and a writer was killed.
    @Test func repairMendsTheFolderAndLosesNothing() throws {
        let output = try run(), folder = example.folder.file(output + "/checkpoints")
        func path(_ step: Int) -> String { folder + "/" + Checkpoint.fileName(step: step) }
        var cut = try Data(contentsOf: URL(fileURLWithPath: path(6))),
            flipped = try Data(contentsOf: URL(fileURLWithPath: path(3)))
        cut.removeLast(cut.count / 2)
        flipped[flipped.count / 2] ^= 4
        try cut.write(to: URL(fileURLWithPath: path(6)))
        try flipped.write(to: URL(fileURLWithPath: path(3)))
        try FileManager.default.removeItem(atPath: folder + "/checkpoints.json")
        try Data().write(to: URL(fileURLWithPath: folder + "/.step-000000007.safetensors.zst.1@elsewhere.partial"))
        let result = try dist(["checkpoint", "repair", output])
        #expect(result.status == 0, "\(result)")
        let lines = result.stdout.split(separator: "\n")
        #expect(
            lines.count { $0.hasPrefix("SET ASIDE  ") } == 2 && lines.last == "4 whole checkpoints in \(output)",
            "\(result)")
        #expect(try CheckpointIndex(folder: folder).checkpoints.map(\.step) == [1, 2, 4, 5])
        #expect(try Data(contentsOf: URL(fileURLWithPath: path(6) + ".damaged")) == cut)
        #expect(try Data(contentsOf: URL(fileURLWithPath: path(3) + ".damaged")) == flipped)
        #expect(try dist(["checkpoint", "verify", output]).status == 0)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 7)
        let again = try dist(["checkpoint", "repair", output])
        #expect(again.status == 0 && again.stdout == "4 whole checkpoints in \(output)\n", "\(again)")
    }

    @Test(arguments: [["prune", "--keep", "1"], ["repair"]]) func whereAProcessTrainsNothingIsTouched(
        command: [String]
    ) throws {
        let output = try run()
        let held = try Command.run(
            "bash",
            [
                "-c",
                "exec 9< \(output)/.lock; flock -n 9 || exit 9; \"$D\" checkpoint \(command[0]) \(output) \(command.dropFirst().joined(separator: " "))",
            ], environment: ["D": Command.path(of: "convlstm-dist")], directory: example.folder.path)
        #expect(held.status == 1 && held.stderr.contains("another process trains in \(output)"), "\(held)")
        #expect(try steps(output) == Array(1...6))
    }

    @Test(arguments: ["nosuch", "tiny.yaml", "tiny.shards"]) func whatIsNoRunIsSaid(path: String) throws {
        for command in [["repair", path], ["prune", path, "--keep", "1"]] {
            let result = try dist(["checkpoint"] + command)
            #expect(result.status == 1 && result.stderr.contains("\(path) is not the folder of a run"), "\(result)")
        }
    }
}
