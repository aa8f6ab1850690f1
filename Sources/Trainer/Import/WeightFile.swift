// Weights in a file that PyTorch and numpy open. The choice: safetensors and .npz hold the same names and layouts, which
// Docs/Reference/interop.md gives a PyTorch module for, and the same description of the system.

import Configuration
import Formats
import Model

/// The formats of a file of weights.
package enum WeightFormat: String, Sendable, CaseIterable {
    case safetensors, npz
}

extension Checkpoint {
    /// Writes the parameters and the moving averages, but nothing that only training needs.
    ///
    /// Throws `FormatError` about `file`, the checkpoint's, for weights that are missing or not finite, and about `path` where it
    /// cannot be written.
    package func writeWeights(
        _ format: WeightFormat, to path: String, file: String
    ) throws -> (
        tensors: Int, elements: Int
    ) {
        let network = try network(for: .forecasts)
        try requireFinite(for: network, file: file)
        let values = try parameters(of: network, file: file), json = try WeightDescription(self).json
        let tensors = PyTorchTensor.all(of: network).map { tensor in
            let elements = tensor.elements(of: tensor.isMeasured ? network.statistics : values)
            return SafetensorsFile.Tensor(name: tensor.name, shape: tensor.shape, floats: elements.span)
        }
        switch format {
        case .safetensors:
            // "pt" is what PyTorch's own users write, and what their loaders look for.
            let content = SafetensorsFile(tensors: tensors, metadata: ["format": "pt", WeightDescription.key: json])
            let encoding = try content.encoding, output = try AtomicFile(path: path, expecting: encoding.size)
            try encoding.write { try output.append($0) }
            try output.commit()
        case .npz:
            let description = NpzFile.Entry(
                name: WeightDescription.key, header: NpyHeader(type: .uint8, shape: [json.utf8.count]),
                bytes: Array(json.utf8)[...])
            let arrays = tensors.map { tensor in
                NpzFile.Entry(
                    name: tensor.name, header: NpyHeader(type: .float32, shape: tensor.shape), bytes: tensor.bytes)
            }
            try NpzFile.write([description] + arrays, to: path)
        }
        return (tensors.count, network.layout.count + network.statistics.layout.count)
    }
}
