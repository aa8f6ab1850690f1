// `convlstm-dist export`: weights as a file that other tools open.

import ArgumentParser
import CommandSupport
import Configuration
import Formats
import Model
import ONNX
import Platform
import Reports
import Trainer
import Version

struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Writes a checkpoint's weights for other tools.",
        discussion: """
            safetensors and npz hold the tensors of a PyTorch module, which Docs/Reference/interop.md gives as code, and a \
            description of the system, so that `import` takes them back without further options. onnx holds the whole forecast \
            as a graph, from frames to frames in the values of the data.
            """)

    /// The formats that there are.
    enum Format: String, ExpressibleByArgument, CaseIterable { case safetensors, npz, onnx }

    @Option(help: "What to write.")
    var format = Format.safetensors

    @Option(
        help: ArgumentHelp(
            "A checkpoint, or the folder of a run: its best checkpoint, or the newest where none was validated.",
            valueName: "path"), completion: .file())
    var checkpoint: String

    @Option(
        help: ArgumentHelp("The file to make, which ends as its format does.", valueName: "file"),
        completion: .file(extensions: ["safetensors", "npz", "onnx"]))
    var output: String

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Frames that an onnx graph forecasts (default: as in training).", valueName: "n"))
    var frames: Int?

    func validate() throws {
        try OptionCheck.requireNames([("--checkpoint", checkpoint), ("--output", output)])
        guard let frames else { return }
        try OptionCheck.require(frames, in: 1...CheckpointOptions.mostFrames, "--frames")
        guard format == .onnx else {
            throw ValidationError("--frames is for a graph, and weights are those of any number; leave it out")
        }
    }

    func run() throws {
        try OneProcess.require(for: "export")
        try NewFile.require(output, suffix: format.rawValue)
        let found = try CheckpointStore.named(checkpoint), model = found.checkpoint.configuration.model
        for (_, reason) in found.damaged { warn("a newer checkpoint cannot be used: \(reason)") }
        StandardOutput.print(
            "\(output): \(model.name) on frames of \(found.checkpoint.frame), \(try written(found)), of \(found.path)")
    }

    /// Writes the file, and says in words what it holds.
    private func written(_ found: CheckpointStore.Found) throws -> String {
        let checkpoint = found.checkpoint, file = found.path
        switch format {
        case .safetensors: return try weights(.safetensors, found)
        case .npz: return try weights(.npz, found)
        case .onnx:
            let sequences = checkpoint.configuration.model.sequences, frames = frames ?? sequences.forecastFrames
            let operators = try checkpoint.writeGraph(
                forecasting: frames, producer: Version.number, to: output, file: file)
            return "\(sequences.inputFrames) frames to \(frames) in \(counted(operators, "operator"))"
        }
    }

    private func weights(_ format: WeightFormat, _ found: CheckpointStore.Found) throws -> String {
        let (tensors, elements) = try found.checkpoint.writeWeights(format, to: output, file: found.path)
        return "\(grouped(elements)) numbers in \(counted(tensors, "tensor"))"
    }
}
