// The names of a system's modules in the weight files of another program. The choice: a map holds names only; the
// layout of a module's parameters in the file follows from the kind of its layer.

import Model

/// The modules of a PyTorch state dict that hold the weights of a system's layers.
package struct ImportMap: Sendable {
    package let modules: [Module]

    package init(_ modules: [Module]) { self.modules = modules }

    /// One module of a file.
    package struct Module: Sendable {
        /// The name of the layer to which the module belongs.
        package let layer: String

        /// The part of the layer's tensors that the module holds.
        package let part: Part

        /// The alternative names of the module; a file has one of them, before `.weight` and `.bias`.
        package let names: [String]

        package init(_ layer: String, _ names: [String], part: Part = .convolution) {
            (self.layer, self.names, self.part) = (layer, names, part)
        }
    }

    package enum Part: Sendable {
        /// A convolution; for a ConvLSTM the one over input and hidden state, concatenated along channels.
        case convolution

        /// The normalization of a ConvLSTM's gates.
        case normalization
    }
}

/// The order in which a system splits the channels of a ConvLSTM's convolution into gates.
package struct GateOrder: Sendable {
    let gates: [Gate]

    /// - Parameter text: the four letters separated by commas, such as `i,f,o,g`; anything else gives nil.
    package init?(_ text: String) {
        let letters = text.split(separator: ",").map { $0.filter { $0 != " " } }
        gates = letters.compactMap { letter in Gate.allCases.first { "\($0)" == letter } }
        guard letters.count == 4, Set(gates).count == 4 else { return nil }
    }

    /// The channels among a file's 4 x hidden ones that correspond to our channels i, f, g, o.
    func channels(hidden: Int) -> [Int] {
        Gate.allCases.flatMap { gate in
            let first = gates.firstIndex(of: gate)! * hidden
            return first..<first + hidden
        }
    }
}
