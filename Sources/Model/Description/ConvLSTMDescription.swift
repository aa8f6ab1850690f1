// A convolutional LSTM layer as a value: all in which the cells of the field differ.

import Kernels

/// A convolutional LSTM layer.
package struct ConvLSTMDescription: Codable, Sendable, Equatable {
    /// Channels of the hidden state and of the cell state.
    package var hidden: Int

    /// Side of the square kernels, odd; padding keeps the size.
    package var kernel: Int

    package var peepholes = PeepholeForm.none

    /// What makes the gates i, f and o of their preactivations; g is a hyperbolic tangent in every system.
    package var gateActivation = GateActivation.logistic

    /// What is done to the sum of both convolutions and the bias before peepholes and gates; nil for nothing.
    package var normalization: GateNormalization?

    package var tensors = GateTensors.fused

    /// The name of an encoder's layer whose final hidden and cell state this one starts from; nil for zeros.
    package var initialState: String?

    /// Whether a step sees the hidden state of the step before; the cell state is always carried.
    package var isRecurrent = true

    package var hasBias = true

    package var kernelInitialization = Initialization.glorotUniform
    package var hiddenInitialization: Initialization
    package var biasInitialization = Initialization.constant(value: 0)
    package var peepholeInitialization = Initialization.constant(value: 0)

    /// Added to the forget gate's initial bias.
    package var forgetBias = 0.0

    /// - Parameter hiddenInitialization: of the kernel over the hidden state; nil for the one over the input.
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

/// Weights from the cell state to the gates i, f and o.
package enum PeepholeForm: String, Codable, Sendable, CaseIterable {
    case none
    /// One for each place and channel: the Hadamard product of Shi et al. 2015 as neural-scene has it.
    case perPosition
    /// One for each channel, the same everywhere: what the parameter counts of Shi et al. 2015 come from.
    case perChannel
}

/// Normalization of a step's preactivations, with a learned scale and shift after it; epsilon is 1e-5.
package enum GateNormalization: Codable, Sendable, Equatable {
    /// Over all places and `channels` neighboring channels of the four gates side by side, which it has to divide;
    /// scale and shift per channel.
    ///
    /// A group lies within one gate where `channels` divides the hidden ones. Else it spans gates, and which ones
    /// depends on the gates' order: here i, f, g, o, so that a system with another order is then another function.
    ///
    /// Source: Wu and He, "Group normalization", ECCV 2018; PyTorch's `GroupNorm`.
    case group(channels: Int)

    /// Over all places and channels of the four gates; scale and shift per place and channel.
    ///
    /// Source: Ba, Kiros and Hinton, "Layer normalization", 2016; PyTorch's `LayerNorm` over (C, H, W).
    case layer

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case group, layer
    }
}

/// How the four gates' weights are divided into tensors.
package enum GateTensors: String, Codable, Sendable, CaseIterable {
    /// One kernel over the input, one over the hidden state and one bias for the gates i, f, g, o side by side.
    case fused
    /// Three tensors for each gate.
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
