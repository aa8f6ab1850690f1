// A network as a value: what stages it has and what each of them reads. Systems of the field differ in these values,
// not in code.

import Kernels

/// An encoder, which runs over the input frames; a forecaster, which runs over the output frames; and a readout, which
/// makes frames of what either of them computed.
///
/// Without a forecaster the network gives one output frame for each step of the encoder, and beyond the input frames
/// its own outputs are its input. A stage reads the stage before it, or those that it names; the first stage of the
/// encoder reads the frames, the first of the forecaster `forecasterInput`, the first of the readout the last stage
/// before it.
package struct NetworkDescription: Codable, Sendable, Equatable {
    package var encoder: [StageDescription]
    package var forecaster: [StageDescription]
    package var forecasterInput: ForecasterInput
    package var readout: [StageDescription]

    package init(
        encoder: [StageDescription], forecaster: [StageDescription] = [], forecasterInput: ForecasterInput = .nothing,
        readout: [StageDescription]
    ) {
        (self.encoder, self.forecaster, self.readout) = (encoder, forecaster, readout)
        self.forecasterInput = forecasterInput
    }

    /// What the first stage of a forecaster reads at each of its steps.
    package enum ForecasterInput: Codable, Sendable, Equatable {
        /// Nothing: it has no input kernel, and all that it knows is the state that it starts from.
        case nothing

        /// Zeros, for which it has an input kernel that never learns.
        case zeros(channels: Int)

        /// At the first step the output of the encoder's last stage after its last step, later the output of the
        /// forecaster's own last stage at the step before.
        case lastHidden

        /// At the first step the last input frame, which the encoder does not see then; later the frame before the one
        /// to forecast: the true one, or the one forecast, as training samples them.
        case previousFrame

        private enum CodingKeys: String, CodingKey, CaseIterable {
            case nothing, zeros, lastHidden, previousFrame
        }
    }
}

extension NetworkDescription {
    /// Whether a batch's sequences see each other.
    package var normalisesBatches: Bool { (encoder + forecaster + readout).contains(where: \.normalisesBatches) }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        encoder = try values.decode(.encoder, or: [])
        forecaster = try values.decode(.forecaster, or: [])
        forecasterInput = try values.decode(.forecasterInput, or: .nothing)
        readout = try values.decode([StageDescription].self, forKey: .readout)
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
        case transposedConvolution(ConvolutionDescription)
        case convolution3D(Convolution3DDescription)
        case batchNormalisation(BatchNormalisationDescription)
        case activation(Activation)
        case leakyReLU(LeakyReLUDescription)
        case patches(PatchDescription)
        case unpatches(PatchDescription)
    }

    package init(_ name: String, from: [String]? = nil, _ operation: Operation) {
        (self.name, self.from, self.operation) = (name, from, operation)
    }

    package var normalisesBatches: Bool {
        if case .batchNormalisation = operation { true } else { false }
    }
}
