import Foundation
import TestSupport
import Testing

/// Data that have moved: they are found beside the run, or an error tells what to do.
@Suite struct DataPlaceProcessTests {
    let folder = try! TemporaryFolder()

    private func dist(_ arguments: [String], in place: String = "") throws -> CommandResult {
        try Command.run("convlstm-dist", arguments, directory: folder.file(place))
    }

    /// Makes the folder `work` with data and a run of two steps.
    private func train() throws {
        let example = try TrainingExample.shared.get()
        try FileManager.default.createDirectory(atPath: folder.file("work"), withIntermediateDirectories: false)
        try example.copy(to: folder.file("work"))
        let result = try dist(example.arguments("runs/tiny", ["--steps", "2"]), in: "work")
        try #require(result.status == 0, "\(result)")
    }

    private func move(_ from: String, to: String) throws {
        try FileManager.default.moveItem(atPath: folder.file(from), toPath: folder.file(to))
    }

    @Test func dataAreFoundFromElsewhere() throws {
        try train()
        let whole = folder.file("work/runs/tiny")
        for (run, place) in [("work/runs/tiny", ""), ("tiny", "work/runs"), (".", "work/runs/tiny"), (whole, "")] {
            let result = try dist(["evaluate", "--checkpoint", run], in: place)
            #expect(result.status == 0 && result.stdout.contains("tiny.shards, 3 frames forecast"), "\(run): \(result)")
        }
        let forecast = try dist(["predict", "--checkpoint", "work/runs/tiny", "--sequence", "0", "--output", "p"])
        #expect(forecast.status == 0, "\(forecast)")
        let step = "work/runs/tiny/checkpoints/step-000000002.safetensors.zst"
        let resumed = try dist(["train", "--resume", step, "--steps", "3", "--output", "more"])
        #expect(resumed.status == 0 && resumed.stderr.contains("data work/tiny.shards: "), "\(resumed)")
        let again = try dist(["train", "--config", "work/runs/tiny/config.yaml", "--output", "again"])
        #expect(again.status == 0 && again.stderr.contains("data work/tiny.shards: "), "\(again)")
        let ranks = try Mpirun.run(
            ranks: 2, "convlstm-dist", ["evaluate", "--checkpoint", "work/runs/tiny"], directory: folder.path)
        #expect(ranks.status == 0, "\(ranks)")
    }

    @Test func dataThatAreGoneAreMissedByName() throws {
        try train()
        try move("work/tiny.shards", to: "work/moved.shards")
        let step = "runs/tiny/checkpoints/step-000000002.safetensors.zst"
        for command in [
            ["evaluate", "--checkpoint", "runs/tiny"],
            ["predict", "--checkpoint", step, "--sequence", "0", "--output", "p"],
            ["train", "--resume", step, "--steps", "3", "--output", "more"],
        ] {
            let result = try dist(command, in: "work")
            #expect(result.status == 1, "\(result)")
            let sentence = "tiny.shards does not exist in \(folder.file("work")), nor beside the run, and "
            #expect(result.stderr.contains(sentence) && result.stderr.contains("with --data"), "\(result.stderr)")
            #expect(result.stderr.contains("step-000000002.safetensors.zst was trained on it"), "\(result.stderr)")
        }
        #expect(try dist(["evaluate", "--checkpoint", "runs/tiny", "--data", "moved.shards"], in: "work").status == 0)
    }

    /// A wrong path gets another error than an incomplete data set.
    @Test func whatIsNoDataSetIsCalledWhatItIs() throws {
        try folder.write([1], to: "films.npy")
        try FileManager.default.createDirectory(atPath: folder.file("empty"), withIntermediateDirectories: false)
        for (name, phrase) in [
            ("nosuch.shards", "nosuch.shards does not exist in \(folder.path); check the path"),
            ("films.npy", "films.npy is a file and no folder of shards"), ("empty", "empty has no manifest.json"),
        ] {
            let trained = try dist(["train", "--data", name, "--steps", "1", "--output", "run"])
            let verified = try Command.run("convlstm-shard", ["verify", name], directory: folder.path)
            for result in [trained, verified] {
                #expect(result.status == 1 && result.stderr.contains(phrase), "\(result)")
            }
        }
    }

    /// Permissions are tested under an account other than root, because root is never refused.
    @Test func aFolderWithoutPermissionIsNotMissing() throws {
        try FileManager.default.createDirectory(
            atPath: folder.file("locked/x.shards"), withIntermediateDirectories: true)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path)
        try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: folder.file("locked"))
        defer {
            try? FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.file("locked"))
        }
        let command = [Command.path(of: "convlstm-shard"), "info", folder.file("locked/x.shards")]
        let asNobody = geteuid() == 0 ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] : []
        let all = asNobody + command
        let result = try Command.run(all[0], Array(all.dropFirst()), directory: "/")
        #expect(result.status == 1 && result.stderr.contains("could not be looked at (permission denied)"), "\(result)")
    }
}
