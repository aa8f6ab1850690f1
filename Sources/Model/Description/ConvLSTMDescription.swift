// The description of a ConvLSTM layer. It covers every respect in which the cells of published systems differ.

import Kernels

/// A ConvLSTM layer.
package struct ConvLSTMDescription: Codable, Sendable, Equatable {
    /// The number of channels of the hidden state and of the cell state.
    package var hidden: Int

    /// The side of the square kernels, which must be odd; padding preserves height and width.
    package var kernel: Int

    package var peepholes = PeepholeForm.none

    /// The function of the gates i, f and o. Gate g is a hyperbolic tangent in every system.
    package var gateActivation = GateActivation.logistic

    /// The normalization of the preactivations (both convolutions plus bias), before peepholes and gates; nil for none.
    package var normalization: GateNormalization?

    package var tensors = GateTensors.fused

    /// The name of the encoder layer whose final hidden and cell state initialize this layer; nil for zeros.
    package var initialState: String?

    /// Whether a time step sees the previous hidden state; the cell state is always carried over.
    package var isRecurrent = true

    package var hasBias = true

    package var kernelInitialization = Initialization.glorotUniform
    package var hiddenInitialization: Initialization
    package var biasInitialization = Initialization.constant(value: 0)
    package var peepholeInitialization = Initialization.constant(value: 0)

    /// The value that is added to the forget gate's initial bias.
    package var forgetBias = 0.0

    /// - Parameter hiddenInitialization: for the kernel over the hidden state; nil to use `kernelInitialization`.
    package init(
        hidden: Int, kernel: Int, peepholes: PeepholeForm = .none, gateActivation: GateActivation = .logistic,
        normalization: GateNormalization? = nil, tensors: GateTensors = .fused, initialState: String? = nil,
        isRecurrent: Bool = true, hasBias: Bool = true, kernelInitialization: Initialization = .glorotUniform,
        hiddenInitialization: Initialization? = nil, biasInitialization: Initialization = .constant(value: 0),
        peepholeInitialization: Initialization = .constant(value: 0), forgetBias: Double = 0
    ) {
        (self.hidden, self.kernel, self.peepholes, self.tensors) = (hidden, kernel, peepholes, tensors)
        (self.gateActivation, self.normalization, self.hasBias) = (gateActivation, normalization, hasBias)
        (self.initialState, self.isRecurrent, self.forgetBias) = (initialState, isRecurrent, forgetBias)
        self.kernelInitialization = kernelInitialization
        self.hiddenInitialization = hiddenInitialization ?? kernelInitialization
        self.biasInitialization = biasInitialization
        self.peepholeInitialization = peepholeInitialization
    }
}

/// The form of the peephole weights from the cell state to the gates i, f and o.
package enum PeepholeForm: String, Codable, Sendable, CaseIterable {
    case none
    /// One weight per pixel and channel: the Hadamard product of Shi et al. 2015, as in neural-scene.
    case perPosition
    /// One weight per channel, shared by all pixels: this gives the parameter counts of Shi et al. 2015.
    case perChannel
}

/// The normalization of a time step's preactivations, followed by a learned scale and shift; epsilon is 1e-5.
package enum GateNormalization: Codable, Sendable, Equatable {
    /// Normalizes over all pixels and `channels` neighboring channels of the four gates side by side. `channels` must
    /// divide the number of these channels. Scale and shift are per channel.
    ///
    /// A group lies within one gate if `channels` divides the hidden channels. Otherwise it spans gates, and the order
    /// of the gates decides which. Here the order is i, f, g, o, so a system with another order computes another
    /// function.
    ///
    /// Source: Wu and He, "Group normalization", ECCV 2018; PyTorch's `GroupNorm`.
    case group(channels: Int)

    /// Normalizes over all pixels and channels of the four gates; scale and shift are per pixel and channel.
    ///
    /// Source: Ba, Kiros and Hinton, "Layer normalization", 2016; PyTorch's `LayerNorm` over (C, H, W).
    case layer

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case group, layer
    }
}

/// The division of the four gates' weights into tensors.
package enum GateTensors: String, Codable, Sendable, CaseIterable {
    /// One kernel over the input, one over the hidden state and one bias, each with the gates i, f, g, o side by side.
    case fused
    /// Three tensors per gate.
    case perGate
}

extension ConvLSTMDescription {
    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            hidden: try values.decode(Int.self, forKey: .hidden), kernel: try values.decode(Int.self, forKey: .kernel))
        peepholes = try values.decode(.peepholes, or: peepholes)
        gateActivation = try values.decode(.gateActivation, or: gateActivation)
        normalization = try values.decodeIfPresent(GateNormalization.self, forKey: .normalization)
        tensors = try values.decode(.tensors, or: tensors)
        initialState = try values.decodeIfPresent(String.self, forKey: .initialState)
        isRecurrent = try values.decode(.isRecurrent, or: isRecurrent)
        hasBias = try values.decode(.hasBias, or: hasBias)
        kernelInitialization = try values.decode(.kernelInitialization, or: kernelInitialization)
        hiddenInitialization = try values.decode(.hiddenInitialization, or: kernelInitialization)
        biasInitialization = try values.decode(.biasInitialization, or: biasInitialization)
        peepholeInitialization = try values.decode(.peepholeInitialization, or: peepholeInitialization)
        forgetBias = try values.decode(.forgetBias, or: forgetBias)
    }
}
