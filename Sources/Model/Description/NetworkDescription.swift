// A network as a value: what layers it has and what each of them reads. Systems of the field differ in these values,
// not in code.

import Kernels

/// An encoder, which runs over the input frames; a forecaster, which runs over the output frames; and a readout, which
/// makes frames of what either of them computed.
///
/// Without a forecaster the network gives one output frame for each step of the encoder, and beyond the input frames
/// its own outputs are its input. A layer reads the layer before it, or those that it names; the first layer of the
/// encoder reads the frames, the first of the forecaster `forecasterInput`, the first of the readout the last layer
/// before it.
package struct NetworkDescription: Codable, Sendable, Equatable {
    package var encoder: [LayerDescription]
    package var forecaster: [LayerDescription]
    package var forecasterInput: ForecasterInput
    package var readout: [LayerDescription]

    package init(
        encoder: [LayerDescription], forecaster: [LayerDescription] = [], forecasterInput: ForecasterInput = .nothing,
        readout: [LayerDescription]
    ) {
        (self.encoder, self.forecaster, self.readout) = (encoder, forecaster, readout)
        self.forecasterInput = forecasterInput
    }

    /// What the first layer of a forecaster reads at each of its steps.
    package enum ForecasterInput: Codable, Sendable, Equatable {
        /// Nothing: it has no input kernel, and all that it knows is the state that it starts from.
        case nothing

        /// Zeros, for which it has an input kernel that never learns.
        case zeros(channels: Int)

        /// At the first step the output of the encoder's last layer after its last step, later the output of the
        /// forecaster's own last layer at the step before.
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
    package var normalizesBatches: Bool { (encoder + forecaster + readout).contains(where: \.normalizesBatches) }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        encoder = try values.decode(.encoder, or: [])
        forecaster = try values.decode(.forecaster, or: [])
        forecasterInput = try values.decode(.forecasterInput, or: .nothing)
        readout = try values.decode([LayerDescription].self, forKey: .readout)
    }
}

/// One layer: it maps a sequence of feature maps to a sequence of feature maps.
package struct LayerDescription: Sendable, Equatable {
    /// Unique in the network; the first part of the names of its tensors.
    package var name: String

    /// The layers that it reads, side by side as channels; nil for the layer before it.
    package var from: [String]?

    package var operation: Operation

    package enum Operation: Sendable, Equatable {
        case convLSTM(ConvLSTMDescription)
        case convolution(ConvolutionDescription)
        case transposedConvolution(ConvolutionDescription)
        case convolution3D(Convolution3DDescription)
        case batchNormalization(BatchNormalizationDescription)
        case activation(Activation)
        case leakyReLU(LeakyReLUDescription)
        case spaceToDepth(RearrangementDescription)
        case depthToSpace(RearrangementDescription)
    }

    package init(_ name: String, from: [String]? = nil, _ operation: Operation) {
        (self.name, self.from, self.operation) = (name, from, operation)
    }

    package var normalizesBatches: Bool {
        if case .batchNormalization = operation { true } else { false }
    }
}
