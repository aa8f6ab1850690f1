// A network as a value: what stages it has and what each of them reads. Systems of the field differ in these values, not
// in code.

import Kernels

/// An encoder, which runs over the input frames; a forecaster, which runs over the output frames; and a readout, which
/// makes frames of what either of them computed.
///
/// Without a forecaster the network gives one output frame for each input frame. A stage reads the stage before it,
/// or those that it names; the first stage of the encoder reads the frames, the first of the forecaster nothing (zeros),
/// the first of the readout the last stage before it.
package struct NetworkDescription: Codable, Sendable, Equatable {
    package var encoder: [StageDescription]
    package var forecaster: [StageDescription]
    package var readout: [StageDescription]

    package init(
        encoder: [StageDescription], forecaster: [StageDescription] = [], readout: [StageDescription]
    ) {
        (self.encoder, self.forecaster, self.readout) = (encoder, forecaster, readout)
    }
}

/// One stage: it maps a sequence of feature maps to a sequence of feature maps.
package struct StageDescription: Sendable, Equatable {
    /// Unique in the network; the first part of the names of its tensors.
    package var name: String

    /// The stages that it reads, side by side as channels; nil for the stage before it.
    package var from: [String]?

    package var operation: Operation

    package enum Operation: Sendable, Equatable {
        case convLSTM(ConvLSTMDescription)
        case convolution(ConvolutionDescription)
        case activation(Activation)
        case patches(PatchDescription)
        case unpatches(PatchDescription)
    }

    package init(_ name: String, from: [String]? = nil, _ operation: Operation) {
        (self.name, self.from, self.operation) = (name, from, operation)
    }
}

/// A convolutional LSTM layer.
package struct ConvLSTMDescription: Codable, Sendable, Equatable {
    /// Channels of the hidden state and of the cell state.
    package var hidden: Int

    /// Side of the square kernels, odd; padding keeps the size.
    package var kernel: Int

    /// Weights from the cell state to the gates, one for each place and channel.
    package var peepholes: Bool

    package var tensors: GateTensors

    /// The name of an encoder's stage whose final hidden and cell state this one starts from; nil for zeros.
    package var initialState: String?

    /// Whether a step sees the hidden state of the step before; the cell state is always carried.
    package var carriesHidden: Bool

    package var kernelInitialisation, peepholeInitialisation: Initialisation

    /// The forget gate's initial bias; the others start at 0.
    package var forgetBias: Double

    package init(
        hidden: Int, kernel: Int, peepholes: Bool = false, tensors: GateTensors = .fused, initialState: String? = nil,
        carriesHidden: Bool = true, kernelInitialisation: Initialisation = .glorotUniform,
        peepholeInitialisation: Initialisation = .constant(value: 0), forgetBias: Double = 0
    ) {
        (self.hidden, self.kernel, self.peepholes, self.tensors) = (hidden, kernel, peepholes, tensors)
        (self.initialState, self.carriesHidden, self.forgetBias) = (initialState, carriesHidden, forgetBias)
        self.kernelInitialisation = kernelInitialisation
        self.peepholeInitialisation = peepholeInitialisation
    }

    /// How the four gates' weights are divided into tensors.
    package enum GateTensors: String, Codable, Sendable {
        /// One kernel over the input, one over the hidden state and one bias for the gates i, f, g, o side by side.
        case fused
        /// Three tensors for each gate.
        case perGate
    }
}

/// A convolution with bias; padding keeps the size.
package struct ConvolutionDescription: Codable, Sendable, Equatable {
    package var filters: Int
    package var kernel: Int
    package var kernelInitialisation: Initialisation

    package init(filters: Int, kernel: Int, kernelInitialisation: Initialisation = .glorotUniform) {
        (self.filters, self.kernel, self.kernelInitialisation) = (filters, kernel, kernelInitialisation)
    }
}

/// A rearrangement of frames into smaller feature maps with more channels.
package struct PatchDescription: Codable, Sendable, Equatable {
    /// The side of a patch: a frame (H, W, C) becomes (H / size, W / size, size x size x C).
    package var size: Int
    package var order: Order

    package init(size: Int, order: Order = .spaceToDepth) {
        (self.size, self.order) = (size, order)
    }

    package enum Order: String, Codable, Sendable {
        /// Channel (dy size + dx) C + c of place (y, x) is pixel (y size + dy, x size + dx), channel c.
        case spaceToDepth
        /// The numbers as they lie in memory, cut anew: neural-scene's choice, in which a place is a run of pixels.
        case reshape
    }
}
