// The tensors of a network as the PyTorch module of Docs/Reference/interop.md holds them. The choice: the names and
// layouts of PyTorch's own modules wherever one computes the same; only peepholes are a tensor of our own making.

import Model

/// A tensor of that module's state dict, and the slots that its elements come from.
package struct PyTorchTensor: Sendable {
    package let name: String
    package let shape: [Int]

    /// Whether it is a moving average, whose slot belongs to the network's statistics and not to its parameters.
    package let isMeasured: Bool

    private let parts: [ImportedTensor]

    private init(_ layer: String, _ name: String, isMeasured: Bool = false, _ parts: [ImportedTensor]) {
        self.name = "\(layer).\(name)"
        (shape, self.isMeasured, self.parts) = (parts[0].shape, isMeasured, parts)
    }

    /// The names of the slots that it holds.
    package var slots: [String] { parts.map(\.slot.name) }

    /// All elements, row-major.
    ///
    /// - Parameter values: the vector that its slots belong to.
    package func elements(of values: ParameterVector<Float>) -> [Float] {
        var elements = [Float](repeating: 0, count: shape.reduce(1, *))
        for part in parts { part.write(values, to: &elements) }
        return elements
    }

    /// Fills its slots from all elements, row-major.
    package func fill(_ values: ParameterVector<Float>, from elements: [Float]) {
        for part in parts { part.fill(values, from: elements) }
    }
}

extension PyTorchTensor {
    /// All tensors of a network, layer by layer.
    package static func all(of network: Network<Float>) -> [PyTorchTensor] {
        let description = network.description, slots = network.layout.slots + network.statistics.layout.slots
        let byName = Dictionary(uniqueKeysWithValues: slots.map { ($0.name, $0) })
        return (description.encoder + description.forecaster + description.readout).flatMap { layer in
            let name = layer.name
            func slot(_ tensor: String) -> ParameterSlot? { byName["\(name).\(tensor)"] }
            switch layer.operation {
            case .convLSTM(let cell): return tensors(of: cell, name, slot)
            case .convolution, .convolution3D:
                return tensors(name, "weight", ImportedTensor.kernels([slot("kernel")].compactMap { $0 }, nil))
                    + vector(name, "bias", slot("bias"))
            case .transposedConvolution:
                return tensors(name, "weight", [slot("kernel")].compactMap { $0 }.map(ImportedTensor.transposed))
                    + vector(name, "bias", slot("bias"))
            case .batchNormalization:
                return vector(name, "weight", slot("scale")) + vector(name, "bias", slot("shift"))
                    + vector(name, "running_mean", slot("mean"), isMeasured: true)
                    + vector(name, "running_var", slot("variance"), isMeasured: true)
            case .activation, .leakyReLU, .spaceToDepth, .depthToSpace: return []
            }
        }
    }

    private static func tensors(_ layer: String, _ name: String, _ parts: [ImportedTensor]) -> [PyTorchTensor] {
        parts.isEmpty ? [] : [PyTorchTensor(layer, name, parts)]
    }

    private static func vector(
        _ layer: String, _ name: String, _ slot: ParameterSlot?, isMeasured: Bool = false
    ) -> [PyTorchTensor] {
        slot.map { slot in
            let part = ImportedTensor(key: name, shape: slot.shape, slot: slot, strides: [1])
            return [PyTorchTensor(layer, name, isMeasured: isMeasured, [part])]
        } ?? []
    }

    /// One convolution over input and hidden state, concatenated along channels, whose outputs are the gates i, f, g and
    /// o; the normalization; and the peepholes of i, f and o, (3, hidden, height, width) or (3, hidden, 1, 1).
    private static func tensors(
        of cell: ConvLSTMDescription, _ layer: String, _ slot: (String) -> ParameterSlot?
    ) -> [PyTorchTensor] {
        let n = cell.hidden
        /// The tensors that hold one kind of weight, each with the first of its filters.
        func divided(_ kind: String) -> [(slot: ParameterSlot, first: Int)] {
            cell.tensors == .fused
                ? [slot(kind)].compactMap { $0 }.map { ($0, 0) }
                : Gate.allCases.compactMap { gate in slot("\(gate).\(kind)").map { ($0, gate.rawValue * n) } }
        }
        let inputs = divided("input.kernel"), hidden = divided("hidden.kernel")
        let kernels = hidden.indices.flatMap { part in
            ImportedTensor.kernels(
                (inputs.isEmpty ? [] : [inputs[part].slot]) + [hidden[part].slot], nil, of: 4 * n,
                from: hidden[part].first)
        }
        let biases = divided("bias").map { slot, first in
            ImportedTensor(key: "bias", shape: [4 * n], slot: slot, offset: first, strides: [1])
        }
        let peepholes = ["i", "f", "o"].compactMap { slot("\($0).peephole") }.enumerated().map { number, slot in
            maps(slot, of: 3, number)
        }
        return tensors(layer, "convolution.weight", kernels) + tensors(layer, "convolution.bias", biases)
            + normalization(layer, "weight", slot("normalization.scale"))
            + normalization(layer, "bias", slot("normalization.shift"))
            + tensors(layer, "peepholes", peepholes)
    }

    private static func normalization(_ layer: String, _ name: String, _ slot: ParameterSlot?) -> [PyTorchTensor] {
        guard let slot, slot.shape.count == 3 else { return vector(layer, "normalization.\(name)", slot) }
        let (height, width, channels) = (slot.shape[0], slot.shape[1], slot.shape[2])
        let part = ImportedTensor(
            key: name, shape: [channels, height, width], slot: slot, strides: [width, 1, height * width])
        return [PyTorchTensor(layer, "normalization.\(name)", [part])]
    }

    /// One of several weights, each of shape (height, width, channels) or (channels), which are (several, channels,
    /// height, width) or (several, channels, 1, 1) in a file.
    private static func maps(_ slot: ParameterSlot, of several: Int, _ number: Int) -> ImportedTensor {
        let channels = slot.shape.last!, sides = slot.shape.count == 3 ? Array(slot.shape[..<2]) : [1, 1]
        let strides = slot.shape.count == 3 ? [sides[1], 1, sides[0] * sides[1]] : [1]
        return ImportedTensor(
            key: "peepholes", shape: [several, channels] + sides, slot: slot, offset: number * slot.count,
            strides: strides)
    }
}
