// The weights of a checkpoint as constants of a graph.

import Configuration
import Formats
import Kernels
import Model
import Trainer

extension LayerWeights {
    /// Puts all parameters and moving averages of a checkpoint into a graph.
    ///
    /// Throws `FormatError` about `file`, the checkpoint's, for weights that are missing or not finite.
    ///
    /// - Parameter network: the network to which they belong.
    init(
        _ checkpoint: Checkpoint, of network: Network<Float>, file: String, in graph: inout GraphBuilder
    ) throws {
        try checkpoint.requireFinite(for: network, file: file)
        let values = try checkpoint.parameters(of: network, file: file)
        var tensors: [String: Value] = [:]
        for tensor in PyTorchTensor.all(of: network) {
            let elements = tensor.elements(of: tensor.isMeasured ? network.statistics : values)
            for (name, shape, part) in Self.parts(of: tensor, elements) {
                tensors[name] = graph.tensor(name, shape: shape, Array(part))
            }
        }
        self.init(tensors: tensors, shapes: network.outputShapes)
    }

    /// A tensor as operators take it: peepholes one by one, and a normalization's channels as maps.
    private static func parts(
        of tensor: PyTorchTensor, _ elements: [Float]
    ) -> [(name: String, shape: [Int], elements: ArraySlice<Float>)] {
        if tensor.name.hasSuffix(".peepholes") {
            let count = elements.count / 3
            return ["i", "f", "o"].enumerated().map { number, gate in
                ("\(tensor.name).\(gate)", Array(tensor.shape[1...]), elements[number * count..<(number + 1) * count])
            }
        }
        let isAffine = tensor.name.contains(".normalization.") && tensor.shape.count == 1
        return [(tensor.name, tensor.shape + (isAffine ? [1, 1] : []), elements[...])]
    }
}
