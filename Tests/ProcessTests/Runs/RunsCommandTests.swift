import Formats
import Foundation
import TestSupport
import Testing

/// `convlstm-dist runs` on runs of every state.
@Suite struct RunsCommandTests {
    private let folder = try! TemporaryFolder()

    private struct Run: Decodable, Equatable {
        var run, model, state: String
        var step: Int
        var loss, best_loss: Double?
        var best_step: Int?
    }

    private func runs(_ arguments: [String] = []) throws -> CommandResult {
        try Command.run("convlstm-dist", ["runs"] + arguments, directory: folder.path)
    }

    private func decoded(_ arguments: [String] = []) throws -> [Run] {
        try JSONDecoder().decode([Run].self, from: Data(runs(["--json"] + arguments).stdout.utf8))
    }

    /// Two runs that differ in their learning rate.
    private func train() throws {
        try TrainingExample.shared.get().copy(to: folder.path)
        for rate in ["0.01", "0.02"] {
            let result = try Command.run(
                "convlstm-dist",
                ["train", "--config", "tiny.yaml", "--steps", "4", "--checkpoint-every", "2", "--learning-rate", rate],
                directory: folder.path)
            try #require(result.status == 0, "\(result)")
        }
    }

    private func lastLine(_ file: String) throws -> [Substring] {
        let text = try String(contentsOfFile: folder.file(file), encoding: .utf8)
        return text.split(separator: "\n").last!.split(separator: ",")
    }

    @Test func runsAreListedWithTheirStatesAndLosses() throws {
        try train()
        let two = try decoded()
        #expect(two.map(\.run) == ["runs/tiny/1", "runs/tiny/2"] && two.allSatisfy { $0.state == "finished" })
        #expect(two.allSatisfy { $0.step == 4 && $0.model == "tiny" && $0.best_step == 4 })
        #expect(two[1].loss == Double(try lastLine("runs/tiny/2/metrics.csv")[2]))
        #expect(two[1].best_loss == Double(try lastLine("runs/tiny/2/validation.csv")[2]))
        let best = two.sorted { $0.best_loss! < $1.best_loss! }
        #expect(try decoded(["--best"]) == best)
        let table = try runs().stdout.split(separator: "\n")
        #expect(table.count == 4 && table[3].hasSuffix("model.learningRate 0.02 instead of 0.01"), "\(table)")
        #expect(table[2].contains("finished  4 of 4"))
    }

    @Test func aRunIsStoppedOrTrainingOrDamaged() throws {
        try train()
        try FileManager.default.removeItem(
            atPath: folder.file("runs/tiny/1/checkpoints/step-000000004.safetensors.zst"))
        #expect(try decoded().map(\.state) == ["stopped", "finished"])
        let lock = try LockFile(path: folder.file("runs/tiny/1/.lock"))
        #expect(try decoded().map(\.state) == ["training", "finished"])
        lock.release()
        #expect(try decoded().map(\.state) == ["stopped", "finished"])
        for step in [2, 4] {
            try folder.write([1, 2, 3], to: "runs/tiny/2/checkpoints/step-00000000\(step).safetensors.zst")
        }
        #expect(try decoded().map(\.state) == ["stopped", "damaged"])
        try folder.write(Array("model: [".utf8), to: "runs/tiny/1/config.yaml")
        let result = try runs()
        #expect(result.stderr.contains("warning: runs/tiny/1 cannot be read: ") && result.stdout.contains("tiny/2"))
    }

    @Test func whereNoRunsAreItIsSaid() throws {
        #expect(try runs().stderr == "convlstm-dist: runs does not exist; name a folder of runs, or train first\n")
        #expect(try runs(["."]).stdout == ". holds no runs\n")
    }
}
