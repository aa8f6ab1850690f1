import Foundation
import TestSupport
import Testing

@Suite struct ToolsCommandTests {
    let tools = try! ToolsExample.shared.get()

    @Test func neuralSceneHasTheTensorsOfItsOriginal() throws {
        let model = try tools.json(["models", "neural-scene"])
        #expect(model["parameters"] as? Int == 8_386_576 && model["tensor_count"] as? Int == 92)
        let tensors = try #require(model["tensors"] as? [[String: Any]])
        #expect(tensors.reduce(0) { $0 + ($1["count"] as! Int) } == 8_386_576)
        let table = try tools.dist(["models", "neural-scene"]).stdout
        #expect(table.contains("8,386,576 parameters in 92 tensors"))
        #expect(table.contains("5 x 5 x 16 x 128"))
    }

    @Test func thePresetsAreListed() throws {
        let result = try tools.dist(["models"])
        #expect(result.status == 0 && result.stdout.contains("small ") && result.stdout.contains("8,386,576"))
        let unknown = try tools.dist(["models", "smal"])
        #expect(unknown.status == 2 && unknown.stderr.contains("there is no model smal"), "\(unknown)")
    }

    @Test(arguments: [0, 3]) func doctorLooksAtWhatARunWouldSee(ranks: Int) throws {
        let diagnosis = try tools.json(["doctor"], ranks: ranks)
        let facts = try #require(diagnosis["ranks"] as? [[String: Any]])
        #expect(facts.map { $0["rank"] as? Int } == Array(0..<max(1, ranks)))
        #expect(facts.allSatisfy { ($0["gigaflops"] as! Double) > 0.1 })
        let findings = try #require(diagnosis["findings"] as? [[String: Any]])
        #expect(
            Set(findings.map { $0["subject"] as! String }).isSuperset(of: [
                "MPI", "cores", "OpenBLAS", "memory", "disk",
            ]))
        for finding in findings { #expect((finding["state"] as? String == "ok") == (finding["remedy"] == nil)) }
    }

    @Test func doctorNamesOversubscription() throws {
        let cores = ProcessInfo.processInfo.activeProcessorCount
        let result = try tools.dist(["doctor", "--threads", "\(cores + 1)"])
        #expect(result.status == 0 && result.stdout.contains("WARNING  cores"), "\(result)")
        #expect(result.stdout.contains("-> convlstm-dist train --threads "))
    }

    @Test func aCheckpointIsShownAndVerified() throws {
        let file = tools.run + "/checkpoints/step-000000004.safetensors.zst"
        for path in [tools.run, tools.run + "/checkpoints", file] {
            let shown = try tools.dist(["checkpoint", "inspect", path]).stdout
            #expect(shown.contains("step            4\n") && shown.contains("in 19 tensors"), "\(shown)")
            let sum = try Command.run("sha256sum", [file], directory: tools.folder.path).stdout.prefix(64)
            #expect(shown.contains(sum))
            let verified = try tools.dist(["checkpoint", "verify", path])
            #expect(verified.status == 0 && verified.stdout.contains("ok       "), "\(verified)")
        }
    }

    @Test func theTensorsOfACheckpointAreListed() throws {
        let shown = try tools.dist(["checkpoint", "inspect", tools.run, "--tensors"]).stdout
        #expect(shown.contains("forecaster.hidden.kernel  3 x 3 x 6 x 24"), "\(shown)")
    }

    @Test func damagedAndMissingCheckpointsAreNamed() throws {
        let output = "damaged"
        try tools.train(output, ["--steps", "3", "--checkpoint-every", "1"])
        let name = "\(output)/checkpoints/step-000000002.safetensors.zst"
        var bytes = try tools.folder.bytes(of: name)
        bytes[bytes.count / 2] ^= 1
        try tools.folder.write(bytes, to: name)
        try FileManager.default.removeItem(
            atPath: tools.folder.file("\(output)/checkpoints/step-000000001.safetensors.zst"))
        let result = try tools.dist(["checkpoint", "verify", output])
        #expect(result.status == 1 && result.stderr.contains("2 of 3 files"), "\(result)")
        #expect(result.stdout.contains("ok       \(output)/checkpoints/step-000000003"))
        #expect(result.stdout.contains("DAMAGED  \(name) is damaged"))
        #expect(result.stdout.contains("step-000000001.safetensors.zst is missing"))
        let used = try tools.dist(["evaluate", "--checkpoint", name])
        #expect(used.status == 1 && used.stderr.contains("\(name) is damaged"), "\(used)")
    }

    @Test func whereThereAreNoCheckpointsThatIsSaid() throws {
        for command in [["checkpoint", "verify"], ["checkpoint", "inspect"]] {
            let result = try tools.dist(command + ["tiny.shards"])
            #expect(result.status == 1 && result.stderr.contains("tiny.shards holds no checkpoints"), "\(result)")
        }
    }
}
