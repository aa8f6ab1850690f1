// Systems in files, with the real commands.

import Configuration
import Foundation
import TestSupport
import Testing

@Suite struct ModelFileTests {
    private let folder = try! TemporaryFolder()

    private func dist(_ arguments: [String]) throws -> CommandResult {
        try Command.run("convlstm-dist", arguments, directory: folder.path)
    }

    @Test(arguments: Presets.all.map(\.name))
    func aPrintedPresetIsTakenBackUnchanged(name: String) throws {
        let printed = try dist(["models", name, "--yaml"])
        #expect(printed.status == 0)
        try folder.write(Array(printed.stdout.utf8), to: "own.yml")
        let configuration = ["train", "--data", "generated", "--print-config", "--model"]
        let (preset, file) = (try dist(configuration + [name]), try dist(configuration + ["own.yml"]))
        #expect(preset.status == 0 && preset.stdout == file.stdout, "\(file)")
        #expect(try dist(["models", "own.yml"]).stdout == dist(["models", name]).stdout)
    }

    @Test func figuresAreOfTheFramesThatAreAskedFor() throws {
        let one = try dist(["models", "neural-scene", "--frame", "32x48x1"])
        #expect(one.stdout.contains("8 x 12 x 128") && one.stdout.contains("10 frames of 32 x 48 x 1 to 10"), "\(one)")
        let all = try dist(["models", "--frame", "16x16"])
        #expect(all.status == 0 && all.stdout.contains("of the size shown, as asked for."), "\(all)")
        #expect(
            all.stdout.split(separator: "\n").filter { $0.contains(" 16 x 16 x 1 ") }.count == Presets.all.count,
            "\(all)")
        let own = try dist(["models"]).stdout.split(separator: "\n").filter { $0.contains(" 40 x 40 x 1 ") }
        #expect(own.map { $0.prefix { $0 != " " } } == ["keras-stack", "keras-stack-3", "keras-encdec"], "\(own)")
        let bad = try dist(["models", "small", "--frame", "30x30x1"])
        #expect(bad.status == 2 && bad.stderr.split(separator: "\n").count == 1, "\(bad)")
        for (options, sentence) in [
            (["--frame", "40"], "'40' is invalid for '--frame"),
            (["small", "--yaml", "--json"], "leave one of them out"), (["--yaml"], "models NAME --yaml"),
            (["nowhere.yaml"], "nowhere.yaml could not be opened"),
        ] {
            let result = try dist(["models"] + options)
            #expect(result.status != 0 && result.stderr.contains(sentence), "\(result)")
        }
    }

    /// Sizes that are invalid, or need more memory than any machine has, give an error and not a crash.
    @Test(arguments: [
        ("hidden: 4", "hidden: 1000000000", "layer cell: hidden is 1000000000; choose at most 65536"),
        ("hidden: 4", "hidden: 60000", "layer cell would learn 1296"),
        ("hidden: 4", "hidden: -4", "layer cell: kernel 3 and -4 hidden channels"),
        ("kernel: 3", "kernel: 9223372036854775807", "layer cell: kernel is 9223372036854775807"),
        ("kernel: 3", "kernel: 4", "choose an odd kernel"),
        ("size: 2", "size: 4611686018427387904", "layer cut: size is"),
        ("size: 2", "size: 0", "cannot be cut into patches of 0 x 0"),
        ("inputFrames: 2", "inputFrames: 9223372036854775807", "inputFrames is 9223372036854775807; choose 1 to"),
        ("inputFrames: 2", "inputFrames: 0", "own.yaml: sequences.inputFrames is 0; choose 1 to 100000"),
        ("filters: 4", "filters: 5", "layer whole: 5 channels do not make patches"),
    ])
    func sizesThatCannotBeAreNamed(part: String, replacement: String, sentence: String) throws {
        let yaml = """
            name: own
            sequences: {inputFrames: 2, outputFrames: 2}
            network:
              encoder: [{name: cut, spaceToDepth: {size: 2}}, {name: cell, convLSTM: {hidden: 4, kernel: 3}}]
              readout: [{name: flat, convolution: {filters: 4, kernel: 1}}, {name: whole, depthToSpace: {size: 2}}]
            """
        try folder.write(Array(yaml.utf8), to: "own.yaml")
        #expect(try dist(["models", "own.yaml"]).status == 0)
        try folder.write(Array(yaml.replacingOccurrences(of: part, with: replacement).utf8), to: "own.yaml")
        let result = try dist(["models", "own.yaml"])
        #expect(result.status == 2 && result.stderr.contains(sentence), "\(result)")
        #expect(result.stderr.split(separator: "\n").count == 1, "\(result)")
    }

    /// A run of a custom system can be resumed without naming the system again.
    @Test func aCheckpointBringsItsOwnModel() throws {
        let example = try TrainingExample.shared.get(), output = example.freshOutput(), branch = example.freshOutput()
        #expect(try example.train(ranks: 0, output, ["--steps", "2"]).status == 0)
        let file = "\(output)/checkpoints/step-000000002.safetensors.zst"
        let further = ["train", "--resume", file, "--data", "tiny.shards", "--steps", "3", "--output", branch]
        let result = try Command.run("convlstm-dist", further, directory: example.folder.path)
        #expect(result.status == 0 && result.stderr.contains("model tiny: "), "\(result)")
        #expect(result.stderr.contains("changed since: steps 3 instead of 2\n"), "\(result)")
    }
}
