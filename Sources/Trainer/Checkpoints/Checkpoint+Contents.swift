// The contents of a checkpoint for display: the tensors of its parts.

import Platform
import Formats
import Model

extension Checkpoint {
    /// A group of tensors: `parameters`, `moving averages`, or a moment of the optimizer such as `optimizer.m`.
    package struct Part: Sendable, Equatable {
        package let name: String
        package var tensors = 0, elements = 0
    }

    /// The parts, parameters first.
    ///
    /// Throws a `ModelError` for a network that this program cannot build.
    package func parts() throws -> [Part] {
        let measured = Set(try network().statistics.layout.slots.map(\.name))
        return tensors.reduce(into: [Part(name: "parameters")]) { parts, tensor in
            let name = measured.contains(tensor.name) ? "moving averages" : Self.part(of: tensor.name)
            if !parts.contains(where: { $0.name == name }) { parts.append(Part(name: name)) }
            guard let index = parts.firstIndex(where: { $0.name == name }) else { return }
            parts[index].tensors += 1
            parts[index].elements += tensor.shape.reduce(1, *)
        }
    }

    private static func part(of tensor: String) -> String {
        tensor.hasPrefix("optimizer.") ? tensor.split(separator: ".").prefix(2).joined(separator: ".") : "parameters"
    }
}
