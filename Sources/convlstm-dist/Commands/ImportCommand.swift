// `convlstm-dist import`: converts weights that PyTorch trained to the folder of a run.

import Configuration
import ArgumentParser
import CommandSupport
import Model
import Platform
import Trainer

extension GateOrder: ExpressibleByArgument {
    package init?(argument: String) { self.init(argument) }
}

struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Makes a run's folder of weights that PyTorch trained.",
        discussion: """
            The file is a state dict, as safetensors.torch.save_file writes it; a prefix `module.` is left out of its \
            names. The folder holds a checkpoint of step 0, which predict and evaluate take, and train --resume.
            """)

    @Argument(
        help: ArgumentHelp("A .safetensors file of the weights.", valueName: "file"),
        completion: .file(extensions: ["safetensors"]))
    var file: String

    @Option(
        help: ArgumentHelp(
            "The system whose modules they are: \(Presets.importMaps.keys.sorted().joined(separator: ", ")).",
            valueName: "name"), completion: .list(Presets.importMaps.keys.sorted()))
    var preset: String

    @Option(
        help: ArgumentHelp(
            "A .yaml file that describes that system in other sizes, such as another number of hidden channels.",
            valueName: "file"), completion: .file(extensions: ["yaml", "yml"]))
    var model: String?

    @Option(
        help: ArgumentHelp(
            "The order in which its cells split their channels into gates, such as i,f,o,g; g is the one with the "
                + "hyperbolic tangent. A wrong order cannot be noticed here.", valueName: "order"))
    var gateOrder: GateOrder

    @Option(help: ArgumentHelp("The folder to make.", valueName: "folder"), completion: .directory)
    var output: String

    @Option(
        help: ArgumentHelp(
            "Height, width and channels of its frames, such as 40x40x1 (default: those of the system's synthetic sequences).",
            valueName: "HxWxC"))
    var frame: FeatureShape?

    @Option(
        help: ArgumentHelp(
            "The values of the data that were 0 and the maxValue in training (default: 0,255).",
            valueName: "low,high"),
        transform: range)
    var values: ClosedRange<Float> = 0...255

    func validate() throws {
        try OptionCheck.requireNames([("the file", file), ("--output", output), ("--model", model)])
    }

    func run() throws {
        try OneProcess.require(for: "import")
        let weights = try WeightImport(preset: preset, model: model, gates: gateOrder)
        let frame = frame ?? weights.system.sequences.generator.frame
        let run = try ImportedRun(folder: output, weights: weights, frame: frame, valueRange: values)
        let (tensors, numbers) = try run.make(from: file)
        StandardOutput.print(
            "\(output): \(weights.system.name) on frames of \(frame), \(grouped(numbers)) parameters in "
                + "\(tensors) tensors")
        StandardOutput.print(
            "predict and evaluate take it as --checkpoint \(output); "
                + "train --resume \(output)/checkpoints/\(run.name) goes on.")
    }

    private static func range(_ text: String) throws -> ClosedRange<Float> {
        let values = text.split(separator: ",", omittingEmptySubsequences: false).compactMap { Float($0) }
        guard values.count == 2, values[0] < values[1], values.allSatisfy(\.isFinite) else {
            throw ValidationError("give two numbers, the lower one first, such as 0,255")
        }
        return values[0]...values[1]
    }
}
