// What another program's file of weights calls the modules of a system. The choice: a map is names only; how a module's
// numbers lie in the file follows from what its layer is.

import Model

/// The modules of a PyTorch state dict that hold the weights of a system's layers.
package struct ImportMap: Sendable {
    package let modules: [Module]

    package init(_ modules: [Module]) { self.modules = modules }

    /// One module of a file.
    package struct Module: Sendable {
        /// The layer that it belongs to.
        package let layer: String

        /// Which of the layer's tensors it holds.
        package let part: Part

        /// What it is called: in each file one of these, before `.weight` and `.bias`.
        package let names: [String]

        package init(_ layer: String, _ names: [String], part: Part = .convolution) {
            (self.layer, self.names, self.part) = (layer, names, part)
        }
    }

    package enum Part: Sendable {
        /// A convolution: of a ConvLSTM the one over input and hidden state, side by side as channels.
        case convolution

        /// The normalization of a ConvLSTM's gates.
        case normalization
    }
}

/// The order in which a system splits the channels of a ConvLSTM's convolution into gates.
package struct GateOrder: Sendable {
    let gates: [Gate]

    /// - Parameter text: the four letters with commas, such as `i,f,o,g`; nil for anything else.
    package init?(_ text: String) {
        let letters = text.split(separator: ",").map { $0.filter { $0 != " " } }
        gates = letters.compactMap { letter in Gate.allCases.first { "\($0)" == letter } }
        guard letters.count == 4, Set(gates).count == 4 else { return nil }
    }

    /// Which of a file's 4 hidden channels our channels i, f, g, o are.
    func channels(hidden: Int) -> [Int] {
        Gate.allCases.flatMap { gate in
            let first = gates.firstIndex(of: gate)! * hidden
            return first..<first + hidden
        }
    }
}
