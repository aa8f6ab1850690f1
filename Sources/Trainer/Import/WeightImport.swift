// Conversion of weights that another program trained. The choice: all or nothing. Every tensor of the file must be
// used, and every parameter of the network must come from the file.

import Platform
import Configuration
import Formats
import Model

/// The mapping from a state dict to the parameters of a model.
package struct WeightImport {
    package let system: SystemDescription

    /// The preset whose module names the file uses.
    private let preset: String
    private let map: ImportMap
    private let gates: GateOrder

    /// - Parameters:
    ///   - preset: the name of the preset whose module names the file uses.
    ///   - model: a model with the preset's layers in other sizes, by its name or as a file; nil for the preset
    ///     itself.
    /// - Throws: a usage error for a preset whose weights have no known names, or a model that lacks one of its
    ///   layers.
    package init(preset: String, model: String?, gates: GateOrder) throws {
        guard let map = Presets.importMaps[preset] else {
            _ = try Presets.named(preset)
            let known = Presets.importMaps.keys.sorted().joined(separator: ", ")
            throw TrainingError.usage(
                "it is not known how files name the weights of \(preset); choose one of: \(known)")
        }
        (self.preset, self.map, self.gates) = (preset, map, gates)
        system = try SystemDescription.named(model ?? preset)
        for module in map.modules { _ = try operation(of: module.layer) }
    }

    /// The parameters of the network on frames of this size.
    ///
    /// Throws `FormatError` about the file, naming the tensor that is unexpected, missing, of another shape or not
    /// finite.
    package func parameters(from path: String, for network: Network<Float>) throws -> ParameterVector<Float> {
        let file = try StateDict(path: path), values = ParameterVector<Float>(network.layout)
        let places = try places(in: file, network.layout)
        try requireAllFilled(network.layout, places)
        try requireSameNames(file, places)
        for (name, tensors) in places {
            try requireShape(of: name, in: file, for: tensors[0])
            let elements = try file.elements(of: name)
            try requireFinite(elements, of: name, file: path, advice: "import weights from before they became so")
            for tensor in tensors { tensor.fill(values, from: elements) }
        }
        return values
    }

    /// The tensors that a file must contain, each with the slots that it fills.
    private typealias Places = [(name: String, tensors: [ImportedTensor])]

    private func places(in file: StateDict, _ layout: ParameterLayout) throws -> Places {
        let present = file.names
        return try map.modules.flatMap { module -> Places in
            let prefix = module.names.first { name in present.contains { $0.hasPrefix(name + ".") } } ?? module.names[0]
            let operation = try operation(of: module.layer)
            let tensors = ImportedTensor.all(of: module, operation, in: layout, gates: gates)
            return Dictionary(grouping: tensors, by: \.key).sorted { $0.key > $1.key }
                .map { (name: "\(prefix).\($0.key)", tensors: $0.value) }
        }
    }

    private func operation(of layer: String) throws(TrainingError) -> LayerDescription.Operation {
        let network = system.network, layers = network.encoder + network.forecaster + network.readout
        guard let found = layers.first(where: { $0.name == layer }) else {
            throw .usage(
                "model \(system.name) has no layer \(layer), whose weights the files of \(preset) hold; give its layers "
                    + "the names that `convlstm-dist models \(preset) --yaml` prints")
        }
        return found.operation
    }

    private func requireAllFilled(_ layout: ParameterLayout, _ places: Places) throws(TrainingError) {
        let filled = Set(places.flatMap(\.tensors).map(\.slot.name))
        guard let open = layout.slots.first(where: { !filled.contains($0.name) }) else { return }
        throw .usage(
            "the files of \(preset) hold nothing for tensor \(open.name) of model \(system.name); describe a system of "
                + "the same form as `convlstm-dist models \(preset) --yaml` prints")
    }

    private func requireSameNames(_ file: StateDict, _ places: Places) throws {
        let wanted = places.map(\.name), missing = wanted.filter { file.shape(of: $0) == nil }
        let stray = file.names.first { !wanted.contains($0) }
        if let stray {
            let open = missing.isEmpty ? wanted : missing
            let advice = closest(to: stray, among: open)
            throw FormatError(
                file: file.path, problem: "holds \(stray.quotable()), which has no place in \(system.name)",
                advice: missing.isEmpty
                    ? "leave it out, or choose another --preset" : "rename it to \(advice) if it is that")
        }
        guard let first = missing.first else { return }
        throw FormatError(
            file: file.path,
            problem: "lacks \(first)" + (missing.count > 1 ? " and \(missing.count - 1) more tensors" : "")
                + " of \(system.name)", advice: "save the whole state dict")
    }

    private func requireShape(of name: String, in file: StateDict, for tensor: ImportedTensor) throws {
        let shape = file.shape(of: name)!
        guard shape == tensor.shape || shape == tensor.otherShape else {
            throw FormatError(
                file: file.path, problem: "holds \(name) of shape \(shape), and \(system.name) has \(tensor.shape)",
                advice: "describe its sizes in a .yaml file for --model, and give its frames to --frame")
        }
    }
}
