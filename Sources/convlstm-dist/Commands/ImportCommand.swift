// `convlstm-dist import`: makes the folder of a run of weights in a file. The choice: a file that `export` wrote says itself what
// its weights are of; of any other a person has to say it.

import Configuration
import ArgumentParser
import CommandSupport
import Kernels
import Model
import Platform
import Trainer

extension GateOrder: ExpressibleByArgument {
    package init?(argument: String) { self.init(argument) }
}

struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Makes a run's folder of weights that `export` wrote, or that PyTorch trained.",
        discussion: """
            A file that export wrote needs no options but --output. Any other file is a state dict, as \
            safetensors.torch.save_file writes it, whose system --preset names; a prefix `module.` is left out of its \
            names. The folder holds a checkpoint of step 0, which predict and evaluate take, and train --resume.

            Example: convlstm-dist import small.safetensors --output runs/imported
            """)

    @Argument(
        help: ArgumentHelp("A .safetensors file of the weights, or a .npz file that export wrote.", valueName: "file"),
        completion: .file(extensions: ["safetensors", "npz"]))
    var file: String

    @Option(
        help: ArgumentHelp(
            "The system whose modules they are: \(Presets.importMaps.keys.sorted().joined(separator: ", ")).",
            valueName: "name"), completion: .list(Presets.importMaps.keys.sorted()))
    var preset: String?

    @Option(
        help: ArgumentHelp(
            "A .yaml file that describes that system in other sizes, such as another number of hidden channels.",
            valueName: "file"), completion: .file(extensions: ["yaml", "yml"]))
    var model: String?

    @Option(
        help: ArgumentHelp(
            "The order in which its cells split their channels into gates, such as i,f,o,g; g is the one with the "
                + "hyperbolic tangent. A wrong order cannot be noticed here.", valueName: "order"))
    var gateOrder: GateOrder?

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
    var values: ClosedRange<Float>?

    func validate() throws {
        try OptionCheck.requireNames([("the file", file), ("--output", output), ("--model", model)])
        guard (preset == nil) == (gateOrder == nil) else {
            throw ValidationError(
                "--preset and --gate-order belong together; give both for weights of another program, or neither for those that "
                    + "export wrote")
        }
        guard preset != nil || model == nil && frame == nil && values == nil else {
            throw ValidationError(
                "--model, --frame and --values are for weights of another program, whose --preset and --gate-order are given; "
                    + "leave them out")
        }
    }

    func run() throws {
        try OneProcess.require(for: "import")
        let (system, frame, result) =
            if let preset, let gateOrder { try importForeign(preset, gateOrder) } else { try importExported() }
        StandardOutput.print(
            "\(output): \(system) on frames of \(frame), \(grouped(result.elements)) parameters in \(result.tensors) tensors"
        )
        StandardOutput.print(
            "predict and evaluate take it as --checkpoint \(output); "
                + "train --resume \(output) goes on.")
    }

    private typealias Imported = (
        system: String, frame: FeatureShape, result: (tensors: Int, elements: Int)
    )

    private func importForeign(_ preset: String, _ gateOrder: GateOrder) throws -> Imported {
        let weights = try WeightImport(preset: preset, model: model, gates: gateOrder), system = weights.system
        let frame = frame ?? system.sequences.generator.frame
        let run = try ImportedRun(folder: output, system: system, frame: frame, valueRange: values ?? 0...255)
        let result = try run.make { network, parameters in
            parameters.flat.copy(from: try weights.parameters(from: file, for: network).flat)
        }
        return (system.name, frame, result)
    }

    private func importExported() throws -> Imported {
        guard let weights = try ExportedWeights(path: file) else {
            throw TrainingError.usage(
                "\(file) does not say what its weights are of, as files do that `convlstm-dist export` wrote; give --preset and "
                    + "--gate-order for a .safetensors file of another program")
        }
        let it = weights.description
        let run = try ImportedRun(
            folder: output, system: it.system, convolution: it.convolution, frame: it.frame, valueRange: it.values,
            unit: it.unit)
        let result = try run.make { network, parameters in try weights.fill(parameters, of: network) }
        return (it.system.name, it.frame, result)
    }

    private static func range(_ text: String) throws -> ClosedRange<Float> {
        let values = text.split(separator: ",", omittingEmptySubsequences: false).compactMap { Float($0) }
        guard values.count == 2, values[0] < values[1], values.allSatisfy(\.isFinite) else {
            throw ValidationError("give two numbers, the lower one first, such as 0,255")
        }
        return values[0]...values[1]
    }
}
