// `convlstm-dist export`: weights as a file that other tools open.

import ArgumentParser
import CommandSupport
import Configuration
import Formats
import Model
import Platform
import Reports
import Trainer

extension WeightFormat: ExpressibleByArgument {}

struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Writes a checkpoint's weights for other tools.",
        discussion: """
            safetensors and npz hold the tensors of a PyTorch module, which Docs/Reference/interop.md gives as code, and a \
            description of the system, so that `import` takes them back without further options.
            """)

    @Option(help: "What to write.")
    var format = WeightFormat.safetensors

    @Option(
        help: ArgumentHelp(
            "A checkpoint, or the folder of a run: its best checkpoint, or the newest where none was validated.",
            valueName: "path"), completion: .file())
    var checkpoint: String

    @Option(
        help: ArgumentHelp("The file to make, which ends as its format does.", valueName: "file"),
        completion: .file(extensions: ["safetensors", "npz"]))
    var output: String

    func validate() throws {
        try OptionCheck.requireNames([("--checkpoint", checkpoint), ("--output", output)])
    }

    func run() throws {
        try OneProcess.require(for: "export")
        try NewFile.require(output, suffix: format.rawValue)
        let found = try CheckpointStore.named(checkpoint)
        for (_, reason) in found.damaged { warn("a newer checkpoint cannot be used: \(reason)") }
        let (tensors, elements) = try found.checkpoint.writeWeights(format, to: output, file: found.path)
        let model = found.checkpoint.configuration.model
        StandardOutput.print(
            "\(output): \(model.name) on frames of \(found.checkpoint.frame), \(grouped(elements)) numbers in "
                + "\(counted(tensors, "tensor")), of \(found.path)")
    }
}
