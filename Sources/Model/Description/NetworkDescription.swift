// The description of a network: its layers and what each of them reads. Published systems differ in these values, not
// in code.

import Kernels

/// A network of three parts: an encoder, which runs over the input frames; a forecaster, which runs over the output
/// frames; and a readout, which computes frames from the output of either.
///
/// Without a forecaster the network gives one output frame per time step of the encoder, and beyond the input frames it
/// reads its own outputs. A layer reads the preceding layer or those that it names. The first layer of the encoder
/// reads the frames, the first of the forecaster reads `forecasterInput`, and the first of the readout reads the last
/// layer before it.
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

    /// The input of the forecaster's first layer at each time step.
    package enum ForecasterInput: Codable, Sendable, Equatable {
        /// No input: the layer has no input kernel, and only its initial state carries information.
        case nothing

        /// Zeros: the layer has an input kernel, which is never trained.
        case zeros(channels: Int)

        /// At the first step, the output of the encoder's last layer after its last step; later, the previous output of
        /// the forecaster's own last layer.
        case lastHidden

        /// At the first step, the last input frame, which the encoder does not see in this case; later, the frame
        /// before the one to forecast. That is the true frame or the forecast frame, as sampled in training.
        case previousFrame

        private enum CodingKeys: String, CodingKey, CaseIterable {
            case nothing, zeros, lastHidden, previousFrame
        }
    }
}

extension NetworkDescription {
    /// Whether the network has batch normalization, so that the sequences of a batch affect each other.
    package var normalizesBatches: Bool { (encoder + forecaster + readout).contains(where: \.normalizesBatches) }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        encoder = try values.decode(.encoder, or: [])
        forecaster = try values.decode(.forecaster, or: [])
        forecasterInput = try values.decode(.forecasterInput, or: .nothing)
        readout = try values.decode([LayerDescription].self, forKey: .readout)
    }
}

/// One layer, which maps a sequence of feature maps to a sequence of feature maps.
package struct LayerDescription: Sendable, Equatable {
    /// The layer's name, unique in the network; it is the first part of its tensors' names.
    package var name: String

    /// The layers that it reads, concatenated along the channels; nil for the preceding layer.
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
