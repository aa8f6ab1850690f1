// `convlstm-dist models`: the presets, and every parameter tensor of one or of a person's own model. The choice:
// sizes come from building the network, so they cannot differ from training.

import Configuration
import ArgumentParser
import CommandSupport
import Foundation
import Kernels
import Model
import Platform
import Reports

struct ModelsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models",
        abstract: "Shows the models there are, or every tensor of one.",
        discussion: """
            Multiply-adds depend on the size of the frames, and so do peepholes at each place.

            Example: convlstm-dist models small
            """)

    @Argument(
        help: ArgumentHelp(
            "The model whose tensors to show: a preset, or a .yaml file that describes a system.",
            valueName: "name|file"), completion: .model)
    var name: String?

    @Option(
        help: ArgumentHelp(
            "Height, width and channels of a frame, such as 40x40x1 (default: those of the system's synthetic sequences).",
            valueName: "HxWxC"))
    var frame: FeatureShape?

    @Flag(help: "Print JSON instead of a table.")
    var json = false

    @Flag(help: "Print the model as YAML, which --model takes back.")
    var yaml = false

    func validate() throws {
        if yaml && name == nil { throw ValidationError("--yaml prints one model; name it: models NAME --yaml") }
        if yaml && json { throw ValidationError("--yaml and --json are two forms of output; leave one of them out") }
    }

    func run() throws {
        try OneProcess.require(for: "models")
        guard let name else {
            let presets = try Presets.all.map { try SystemResults($0, frame: frame, withTensors: false) }
            return json ? try printJSON(presets) : show(presets)
        }
        let system = try SystemDescription.named(name)
        if yaml { return StandardOutput.print(try system.yaml, terminator: "") }
        let results = try SystemResults(system, frame: frame, withTensors: true)
        if json { try printJSON(results) } else { show(results) }
    }

    private func show(_ presets: [SystemResults]) {
        var table = Table(
            ["model", "parameters", "tensors", "frame", "multiply-adds", "summary"],
            alignments: [.left, .right, .right, .left, .right, .left])
        for preset in presets {
            table.add([
                preset.name, grouped(preset.parameters), "\(preset.tensorCount)", "\(preset.frame)",
                grouped(preset.multiplyAdds), preset.summary,
            ])
        }
        StandardOutput.print(table)
        let origin = frame == nil ? "that of the system's synthetic sequences" : "as asked for"
        StandardOutput.print("Multiply-adds are of one sequence, forward, on frames of the size shown, \(origin).")
        StandardOutput.print(
            "`convlstm-dist models NAME` shows every tensor; `convlstm-dist train --model NAME` trains one;")
        StandardOutput.print(
            "`convlstm-dist models NAME --yaml` prints one to start from, which --model takes back as a file.")
    }

    private func show(_ preset: SystemResults) {
        StandardOutput.print(preset.name + (preset.summary.isEmpty ? "" : ": \(preset.summary)") + "\n")
        StandardOutput.print(TensorResults.table(preset.tensors ?? []))
        let averages = preset.movingAverages == 0 ? "" : " and \(grouped(preset.movingAverages)) moving averages"
        StandardOutput.print(
            "\(grouped(preset.parameters)) parameters in \(preset.tensorCount) tensors\(averages); "
                + "\(grouped(preset.multiplyAdds)) multiply-adds per sequence, "
                + "\(preset.inputFrames) frames of \(preset.frame) to \(preset.outputFrames)")
    }
}

/// The results of `models` for one model.
private struct SystemResults: Encodable {
    let name, summary: String
    let inputFrames, outputFrames: Int

    /// The frame size for which the network was built.
    let frame: FeatureShape

    /// The counts of parameters, tensors and moving averages. Parameters do not include the moving averages of
    /// batch normalization.
    let parameters, tensorCount, movingAverages: Int

    let multiplyAdds: Int
    let tensors: [TensorResults]?

    /// - Parameter frame: nil for the size of the model's own sequences.
    init(_ preset: SystemDescription, frame: FeatureShape?, withTensors: Bool) throws {
        self.frame = frame ?? preset.sequences.generator.frame
        let network = try Network<Float>(preset.network, frame: self.frame)
        (name, summary) = (preset.name, preset.summary)
        (inputFrames, outputFrames) = (preset.sequences.inputFrames, preset.sequences.outputFrames)
        (parameters, tensorCount) = (network.layout.count, network.layout.slots.count)
        movingAverages = network.statistics.layout.count
        multiplyAdds = network.multiplyAdds(Unrolling(preset.sequences))
        tensors = withTensors ? network.layout.slots.map(TensorResults.init) : nil
    }
}

/// A parameter tensor for display.
struct TensorResults: Encodable {
    let name: String
    let shape: [Int]
    let count: Int
    let initialization: String

    init(_ slot: ParameterSlot) {
        (name, shape, count, initialization) = (slot.name, slot.shape, slot.count, slot.initialization.inWords)
    }

    /// A table with one row per tensor.
    static func table(_ tensors: [TensorResults]) -> Table {
        var table = Table(["tensor", "shape", "elements", "starts from"], alignments: [.left, .left, .right, .left])
        for tensor in tensors {
            let shape = tensor.shape.map(String.init).joined(separator: " x ")
            table.add([tensor.name, shape, grouped(tensor.count), tensor.initialization])
        }
        return table
    }
}

extension Initialization {
    fileprivate var inWords: String {
        switch self {
        case .constant(let value): String(format: "%g", value)
        case .forgetBias(let value, _, let others): others.inWords + String(format: ", forget gate +%g", value)
        case .uniform(let limit): String(format: "uniform in +-%g", limit)
        case .normal(let deviation): String(format: "normal, deviation %g", deviation)
        case .glorotUniform: "Glorot uniform"
        case .orthogonal: "orthogonal"
        case .fanIn: "uniform in +-1/sqrt(fan in)"
        }
    }
}

/// Formats an integer with a comma every three digits.
func grouped(_ count: Int) -> String {
    let digits = Array(String(count))
    return digits.indices.reduce(into: "") { text, index in
        if index > 0 && (digits.count - index) % 3 == 0 { text += "," }
        text.append(digits[index])
    }
}
