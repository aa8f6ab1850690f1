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
    package var normalisation: GateNormalisation?

    package var tensors = GateTensors.fused

    /// The name of an encoder's stage whose final hidden and cell state this one starts from; nil for zeros.
    package var initialState: String?

    /// Whether a step sees the hidden state of the step before; the cell state is always carried.
    package var carriesHidden = true

    package var hasBias = true

    package var kernelInitialisation = Initialisation.glorotUniform
    package var hiddenInitialisation: Initialisation
    package var biasInitialisation = Initialisation.constant(value: 0)
    package var peepholeInitialisation = Initialisation.constant(value: 0)

    /// Added to the forget gate's initial bias.
    package var forgetBias = 0.0

    /// - Parameter hiddenInitialisation: of the kernel over the hidden state; nil for the one over the input.
    package init(
        hidden: Int, kernel: Int, peepholes: PeepholeForm = .none, gateActivation: GateActivation = .logistic,
        normalisation: GateNormalisation? = nil, tensors: GateTensors = .fused, initialState: String? = nil,
        carriesHidden: Bool = true, hasBias: Bool = true, kernelInitialisation: Initialisation = .glorotUniform,
        hiddenInitialisation: Initialisation? = nil, biasInitialisation: Initialisation = .constant(value: 0),
        peepholeInitialisation: Initialisation = .constant(value: 0), forgetBias: Double = 0
    ) {
        (self.hidden, self.kernel, self.peepholes, self.tensors) = (hidden, kernel, peepholes, tensors)
        (self.gateActivation, self.normalisation, self.hasBias) = (gateActivation, normalisation, hasBias)
        (self.initialState, self.carriesHidden, self.forgetBias) = (initialState, carriesHidden, forgetBias)
        self.kernelInitialisation = kernelInitialisation
        self.hiddenInitialisation = hiddenInitialisation ?? kernelInitialisation
        self.biasInitialisation = biasInitialisation
        self.peepholeInitialisation = peepholeInitialisation
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

/// Normalisation of a step's preactivations, with a learned scale and shift after it; epsilon is 1e-5.
package enum GateNormalisation: Codable, Sendable, Equatable {
    /// Over all places and `channels` neighbouring channels of the four gates side by side, which it has to divide;
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
        normalisation = try values.decodeIfPresent(GateNormalisation.self, forKey: .normalisation)
        tensors = try values.decode(.tensors, or: tensors)
        initialState = try values.decodeIfPresent(String.self, forKey: .initialState)
        carriesHidden = try values.decode(.carriesHidden, or: carriesHidden)
        hasBias = try values.decode(.hasBias, or: hasBias)
        kernelInitialisation = try values.decode(.kernelInitialisation, or: kernelInitialisation)
        hiddenInitialisation = try values.decode(.hiddenInitialisation, or: kernelInitialisation)
        biasInitialisation = try values.decode(.biasInitialisation, or: biasInitialisation)
        peepholeInitialisation = try values.decode(.peepholeInitialisation, or: peepholeInitialisation)
        forgetBias = try values.decode(.forgetBias, or: forgetBias)
    }
}
