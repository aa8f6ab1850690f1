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

            Example: convlstm-dist export --format onnx --checkpoint runs/small/1 --output small.onnx
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

    @Option(
        help: ArgumentHelp(
            "Height, width and channels of the frames of an onnx graph, such as 320x320x1 (default: those of the training).",
            valueName: "HxWxC"))
    var frame: FeatureShape?

    func validate() throws {
        try OptionCheck.requireNames([("--checkpoint", checkpoint), ("--output", output)])
        if let frames { try OptionCheck.require(frames, in: 1...CheckpointOptions.mostFrames, "--frames") }
        guard format == .onnx || frames == nil && frame == nil else {
            throw ValidationError(
                "--frames and --frame are for --format onnx, and weights are those of any number; leave them out")
        }
    }

    func run() throws {
        try OneProcess.require(for: "export")
        try NewFile.require(output, suffix: format.rawValue)
        let found = try CheckpointStore.named(checkpoint), model = found.checkpoint.configuration.model
        for (_, reason) in found.damaged { warn("a newer checkpoint cannot be used: \(reason)") }
        let content = try format == .onnx ? writeGraph(of: found) : writeWeights(of: found)
        StandardOutput.print("\(output): \(model.name), \(content), of \(found.path)")
    }

    /// Writes the forecast, and says in words what the file holds.
    private func writeGraph(of found: CheckpointStore.Found) throws -> String {
        let checkpoint = found.checkpoint, sequences = checkpoint.configuration.model.sequences
        let frames = frames ?? sequences.forecastFrames
        let operators = try checkpoint.writeGraph(
            forecasting: frames, of: frame, producer: Version.number, to: output, file: found.path)
        return
            "\(sequences.inputFrames) frames of \(frame ?? checkpoint.frame) to \(frames) in \(counted(operators, "operator"))"
    }

    /// Writes the tensors, and says in words what the file holds.
    private func writeWeights(of found: CheckpointStore.Found) throws -> String {
        let (tensors, elements) = try found.checkpoint.writeWeights(
            format == .npz ? .npz : .safetensors, to: output, file: found.path)
        return "\(grouped(elements)) numbers in \(counted(tensors, "tensor"))"
    }
}
