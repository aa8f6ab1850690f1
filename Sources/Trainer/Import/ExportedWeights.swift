// Weights that `export` wrote, taken back. The choice: the file says what system they are of, and everything in it must have its
// place there, so that nothing has to be named and nothing is left over.

import Configuration
import Formats
import Foundation
import Model
import Platform

/// The content of an exported file.
package struct ExportedWeights {
    package let description: WeightDescription
    private let path: String
    private let tensors: [String: SafetensorsFile.Tensor]

    /// Reads a file; nil for one whose weights are described nowhere in it, as in other programs' state dicts.
    ///
    /// Throws `FormatError` for a file that is neither safetensors nor .npz, or is damaged.
    package init?(path: String) throws {
        let content =
            path.lowercased().hasSuffix(".npz")
            ? try Self.arrays(in: path) : try Self.safetensors(StateDict.content(of: path))
        guard let json = content.description else { return nil }
        description = try WeightDescription(json: json, file: path)
        tensors = Dictionary(uniqueKeysWithValues: content.tensors.map { ($0.name, $0) })
        self.path = path
    }

    private typealias Content = (description: String?, tensors: [SafetensorsFile.Tensor])

    private static func safetensors(_ file: SafetensorsFile) -> Content {
        (file.metadata[WeightDescription.key], file.tensors)
    }

    /// The arrays of a .npz file without a description are not read.
    private static func arrays(in path: String) throws -> Content {
        let scratch = NSTemporaryDirectory(), names = try NpzFile.names(in: path)
        guard names.contains(WeightDescription.key) else { return (nil, []) }
        let text = try NpzFile.array(WeightDescription.key, in: path, scratchFolder: scratch)
        guard text.header.type == .uint8 else { return (nil, []) }
        let tensors = try names.filter { $0 != WeightDescription.key }.map { name in
            let array = try NpzFile.array(name, in: path, scratchFolder: scratch)
            guard array.header.type == .float32 else {
                throw FormatError(
                    file: path, problem: "holds \(name.quotable()) as \(array.header.type.rawValue)",
                    advice: "save it again as numpy.float32")
            }
            return SafetensorsFile.Tensor(name: name, type: .float32, shape: array.header.shape, bytes: array.bytes)
        }
        return (String(decoding: text.bytes, as: UTF8.self), tensors)
    }

    /// Gives a network all its parameters and moving averages.
    ///
    /// Throws `FormatError` naming the tensor that is missing, unknown, of another shape or not finite.
    package func fill(_ values: ParameterVector<Float>, of network: Network<Float>) throws {
        let wanted = PyTorchTensor.all(of: network), system = description.system.name
        if let stray = Set(tensors.keys).subtracting(wanted.map(\.name)).min() {
            throw FormatError(
                file: path, problem: "holds \(stray.quotable()), which has no place in \(system)",
                advice: "leave it out")
        }
        for place in wanted {
            guard let tensor = tensors[place.name] else {
                throw FormatError(file: path, problem: "lacks \(place.name) of \(system)", advice: "save all weights")
            }
            guard tensor.shape == place.shape else {
                throw FormatError(
                    file: path,
                    problem:
                        "holds \(place.name.quotable()) of shape \(tensor.shape), and \(system) has \(place.shape)",
                    advice: "export the weights again with `convlstm-dist export`")
            }
            var elements = [Float](repeating: 0, count: place.shape.reduce(1, *)), span = elements.mutableSpan
            try tensor.copy(into: &span, file: path)
            try requireFinite(elements, of: place.name, file: path, advice: "export weights from before they became so")
            place.fill(place.isMeasured ? network.statistics : values, from: elements)
        }
    }
}
